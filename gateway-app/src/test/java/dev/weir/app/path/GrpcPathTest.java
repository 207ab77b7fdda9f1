package dev.weir.app.path;

import static dev.weir.app.path.GrpcEnds.BYTES;
import static dev.weir.app.path.GrpcEnds.CHAT;
import static dev.weir.app.path.GrpcEnds.COUNT;
import static dev.weir.app.path.GrpcEnds.ECHO;
import static dev.weir.app.path.GrpcEnds.FAIL;
import static dev.weir.app.path.GrpcEnds.HANG;
import static dev.weir.app.path.GrpcEnds.SUM;
import static dev.weir.app.path.GrpcEnds.TEXT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.app.TestGateway;
import dev.weir.app.path.GrpcEnds.Answers;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NegotiationType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC through the gateway, between a client and a server of others. */
final class GrpcPathTest {

  private static final TestAuthority AUTHORITY = new TestAuthority("Test");
  private static final String ROUTES = "routes: [{id: all, path: /test.Service/*, to: one}]\n";

  @TempDir private Path directory;
  private final GrpcEnds ends = GrpcEnds.create();
  private Server server;
  private ManagedChannel channel;
  private TestGateway gateway;

  @AfterEach
  void stop() throws InterruptedException {
    assertThat(channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    gateway.close();
    assertThat(server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private void plain() {
    plain(ROUTES);
  }

  private void plain(String routes) {
    server = GrpcEnds.start(ends.serverBuilder());
    open(
        "upstreams: {one: {endpoints: ['http://127.0.0.1:"
            + server.getPort()
            + "'], protocol: http2}}\n"
            + routes);
  }

  private void open(String yaml) {
    gateway = TestGateway.start(yaml);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.port())
            .negotiationType(NegotiationType.PLAINTEXT)
            .maxInboundMessageSize(64 << 20)
            .build();
  }

  /** TLS on both sides, with HTTP/2 chosen by ALPN. */
  private void secure(String protocol) throws Exception {
    Issued issued = AUTHORITY.issue("localhost");
    Path ca = Files.writeString(directory.resolve("ca.pem"), AUTHORITY.pem());
    Path certificate = Files.writeString(directory.resolve("a.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("a.key"), issued.keyPem());
    server =
        GrpcEnds.start(
            ends.serverBuilder()
                .sslContext(
                    GrpcSslContexts.configure(
                            GrpcSslContexts.forServer(certificate.toFile(), key.toFile()),
                            SslProvider.JDK)
                        .build()));
    gateway =
        TestGateway.start(
            ("tls: {listen: 127.0.0.1:0, certificates: [{certificate: %s, key: %s}]}\n"
                        + "upstreams: {one: {endpoints: ['https://localhost:%d'], tls: {ca: %s},"
                        + " protocol: %s, connect-timeout: 10s}}\n")
                    .formatted(certificate, key, server.getPort(), ca, protocol)
                + ROUTES);
    channel =
        NettyChannelBuilder.forAddress("localhost", gateway.tlsPort())
            .sslContext(
                GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
                    .trustManager(
                        new ByteArrayInputStream(
                            AUTHORITY.pem().getBytes(StandardCharsets.US_ASCII)))
                    .build())
            .build();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private ClientCall<byte[], byte[]> call(MethodDescriptor<byte[], byte[]> method) {
    return channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
  }

  private StatusRuntimeException failureOf(MethodDescriptor<byte[], byte[]> method) {
    return catchThrowableOfType(
        StatusRuntimeException.class, () -> GrpcEnds.unary(channel, method, bytes(1)));
  }

  @Test
  void carriesAllKindsOfCalls() {
    plain();
    carriesAll();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http2", "auto"})
  void carriesAllKindsOfCallsOverTls(String protocol) throws Exception {
    secure(protocol);
    carriesAll();
  }

  private void carriesAll() {
    assertThat(GrpcEnds.unary(channel, ECHO, bytes(1, 2))).containsExactly(1, 2);

    Answers counted = new Answers();
    ClientCalls.asyncServerStreamingCall(call(COUNT), bytes(3), counted);
    assertThat(counted.next()).containsExactly(0);
    assertThat(counted.next()).containsExactly(1);
    assertThat(counted.next()).containsExactly(2);
    assertThat(counted.end()).isEqualTo(Status.Code.OK);

    Answers summed = new Answers();
    StreamObserver<byte[]> numbers = ClientCalls.asyncClientStreamingCall(call(SUM), summed);
    numbers.onNext(bytes(3));
    numbers.onNext(bytes(4));
    numbers.onCompleted();
    assertThat(summed.next()).containsExactly(7);
    assertThat(summed.end()).isEqualTo(Status.Code.OK);

    Answers said = new Answers();
    StreamObserver<byte[]> words = ClientCalls.asyncBidiStreamingCall(call(CHAT), said);
    for (int i = 0; i < 5; i++) {
      words.onNext(bytes(i));
      assertThat(said.next()).as("answered before the next is sent").containsExactly(i);
    }
    words.onCompleted();
    assertThat(said.end()).isEqualTo(Status.Code.OK);
  }

  @Test
  void carriesMessagesOfAnySize() {
    plain(ROUTES.replace("to: one", "to: one, max-body: 64MiB"));
    byte[] large = new byte[20 << 20];
    new Random(1).nextBytes(large);

    assertThat(GrpcEnds.unary(channel, ECHO, new byte[0])).isEmpty();
    assertThat(Arrays.equals(GrpcEnds.unary(channel, ECHO, large), large)).isTrue();
  }

  @Test
  void carriesMetadataAndFailuresAsTheyAre() {
    plain();
    Metadata sent = new Metadata();
    sent.put(TEXT, "one");
    sent.put(BYTES, new byte[] {0, -1, 7});
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(
                        channel, MetadataUtils.newAttachHeadersInterceptor(sent)),
                    FAIL,
                    CallOptions.DEFAULT,
                    bytes(1)));

    Metadata received = GrpcEnds.polled(ends.metadata, "no call came");
    assertThat(received.get(TEXT)).isEqualTo("one");
    assertThat(received.get(BYTES)).containsExactly(0, -1, 7);
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("not now: ä");
    assertThat(failure.getTrailers().get(TEXT)).isEqualTo("why");
    assertThat(failure.getTrailers().get(BYTES)).containsExactly(0, 1, -1);
  }

  /** P10: what is left of the client's time is passed on, and is the end of the call. */
  @Test
  void keepsDeadlines() {
    plain();
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    HANG,
                    CallOptions.DEFAULT.withDeadlineAfter(3, TimeUnit.SECONDS),
                    bytes(1)));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(GrpcEnds.polled(ends.cancelled, "the server was told nothing")).isEqualTo("hang");
    assertThat(ends.millisLeft.get()).isBetween(1L, 3000L);
  }

  @Test
  void tellsTheServerOfACallThatIsCancelled() {
    plain();
    ClientCall<byte[], byte[]> counting = call(COUNT);
    Answers counted = new Answers();
    ClientCalls.asyncServerStreamingCall(counting, bytes(0), counted);
    assertThat(counted.next()).containsExactly(1);
    counting.cancel("enough", null);
    assertThat(GrpcEnds.polled(ends.cancelled, "not told")).isEqualTo("count");

    ClientCall<byte[], byte[]> chatting = call(CHAT);
    Answers said = new Answers();
    StreamObserver<byte[]> words = ClientCalls.asyncBidiStreamingCall(chatting, said);
    words.onNext(bytes(1));
    assertThat(said.next()).containsExactly(1);
    chatting.cancel("enough", null);
    assertThat(GrpcEnds.polled(ends.cancelled, "not told")).isEqualTo("chat");
  }

  /** What the gateway itself has to say is said in the words of gRPC. */
  @Test
  void tellsItsOwnFailuresAsStatuses() {
    plain(
        "rate-limits: {few: {rate: 1, per: 1h, key: []}}\n"
            + "routes:\n"
            + "  - {id: limited, path: /test.Service/Sum, to: one, rate-limits: [few]}\n"
            + "  - {id: small, path: /test.Service/Count, to: one, max-body: 1}\n"
            + "  - {id: slow, path: /test.Service/Hang, to: one, timeouts: {attempt: 1s},"
            + " retry: off}\n"
            + "  - {id: dead, path: /test.Service/Fail, to: one, retry: off}\n");

    assertThat(failureOf(ECHO).getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    StatusRuntimeException slow = failureOf(HANG);
    assertThat(slow.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(slow.getStatus().getDescription()).contains("within the time of one attempt");
    assertThat(failureOf(COUNT).getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(GrpcEnds.unary(channel, SUM, bytes(1))).containsExactly(1);
    assertThat(failureOf(SUM).getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    server.shutdownNow();
    assertThat(failureOf(FAIL).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }
}
