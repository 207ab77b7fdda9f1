package dev.weir.app.path;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A service of gRPC, and calls of it, by the code of others; messages are bytes. */
final class GrpcEnds {

  static final Metadata.Key<String> TEXT =
      Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<byte[]> BYTES =
      Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final Marshaller<byte[]> AS_THEY_ARE =
      new Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> FAIL = method("Fail", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> HANG = method("Hang", MethodType.UNARY);
  static final MethodDescriptor<byte[], byte[]> COUNT =
      method("Count", MethodType.SERVER_STREAMING);
  static final MethodDescriptor<byte[], byte[]> SUM = method("Sum", MethodType.CLIENT_STREAMING);
  static final MethodDescriptor<byte[], byte[]> CHAT = method("Chat", MethodType.BIDI_STREAMING);

  /** What the server was told besides messages. */
  final BlockingQueue<Metadata> metadata = new LinkedBlockingQueue<>();

  final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
  final AtomicReference<Long> millisLeft = new AtomicReference<>();

  private GrpcEnds() {}

  static GrpcEnds create() {
    return new GrpcEnds();
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(AS_THEY_ARE, AS_THEY_ARE)
        .setType(type)
        .setFullMethodName("test.Service/" + name)
        .build();
  }

  // The server

  NettyServerBuilder serverBuilder() {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .maxInboundMessageSize(64 << 20)
        .addService(ServerInterceptors.intercept(service(), new Told()));
  }

  static Server start(NettyServerBuilder builder) {
    try {
      return builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Service")
        .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcEnds::echo))
        .addMethod(FAIL, ServerCalls.asyncUnaryCall(GrpcEnds::fail))
        .addMethod(HANG, ServerCalls.asyncUnaryCall(this::hang))
        .addMethod(COUNT, ServerCalls.asyncServerStreamingCall(this::count))
        .addMethod(SUM, ServerCalls.asyncClientStreamingCall(GrpcEnds::sum))
        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
        .build();
  }

  private final class Told implements ServerInterceptor {

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      metadata.add(headers);
      if (Context.current().getDeadline() != null) {
        millisLeft.set(Context.current().getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
      }
      return next.startCall(call, headers);
    }
  }

  private static void echo(byte[] request, StreamObserver<byte[]> answers) {
    answers.onNext(request);
    answers.onCompleted();
  }

  private static void fail(byte[] request, StreamObserver<byte[]> answers) {
    Metadata trailers = new Metadata();
    trailers.put(TEXT, "why");
    trailers.put(BYTES, new byte[] {0, 1, -1});
    answers.onError(
        Status.FAILED_PRECONDITION.withDescription("not now: ä").asRuntimeException(trailers));
  }

  private void hang(byte[] request, StreamObserver<byte[]> answers) {
    ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> cancelled.add("hang"));
  }

  /** So many answers as the first byte says; 0 for no end. */
  private void count(byte[] request, StreamObserver<byte[]> answers) {
    if (request[0] == 0) {
      ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> cancelled.add("count"));
      answers.onNext(new byte[] {1});
      return;
    }
    for (int i = 0; i < request[0]; i++) {
      answers.onNext(new byte[] {(byte) i});
    }
    answers.onCompleted();
  }

  private static StreamObserver<byte[]> sum(StreamObserver<byte[]> answers) {
    return new StreamObserver<>() {
      private int sum;

      @Override
      public void onNext(byte[] message) {
        sum += message[0];
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        answers.onNext(new byte[] {(byte) sum});
        answers.onCompleted();
      }
    };
  }

  /** Answers each message at once. */
  private StreamObserver<byte[]> chat(StreamObserver<byte[]> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        answers.onNext(message);
      }

      @Override
      public void onError(Throwable error) {
        cancelled.add("chat");
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  // Calls

  static byte[] unary(
      ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, byte[] request) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), request);
  }

  /** What a call was answered, as it comes. */
  static final class Answers implements StreamObserver<byte[]> {

    final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Status> end = new LinkedBlockingQueue<>();

    @Override
    public void onNext(byte[] message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable error) {
      end.add(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      end.add(Status.OK);
    }

    byte[] next() {
      return polled(messages, "no message came");
    }

    Status.Code end() {
      return polled(end, "the call did not end").getCode();
    }
  }

  static <T> T polled(BlockingQueue<T> queue, String otherwise) {
    try {
      T next = queue.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError(otherwise);
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
