package dev.weir.app.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.HttpHead;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P16: mutations of the catalogue. Whatever comes in, the gateway stays alive and forgets nothing,
 * each connection ends, and what reaches the upstream is what a careful reader finds in the input,
 * no less strict than a sender has to be.
 *
 * <p>{@code -Dfuzz=1000000} for more inputs, up to 15 million, {@code -Dseed=...} for those of
 * another run.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
final class RequestFuzzTest {

  private static final long INPUTS = Long.getLong("fuzz", 2_000);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int CLIENTS = 4;
  private static final int IMPATIENT_MILLIS = 40;
  private static final int PATIENT_MILLIS = 30_000;

  /**
   * Ends the connection where the input left it whole, and breaks a head or a chunk that is not.
   */
  private static final byte[] BEHIND =
      HttpHead.bytes(
          "GET /canary HTTP/1.1\r\nHost: canary\r\nConnection: close\r\n\r\n\0\0\r\n\r\n\0");

  private static final RecordingUpstream UPSTREAM = new RecordingUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          limits: {target: 4KiB, headers: 8KiB, header-count: 100}
          client: {header-timeout: 10s}
          upstreams:
            one: {endpoints: %s, host: preserve, breaker: off, concurrency: {max: 1000}}
          defaults: {retry: off, max-body: 64KiB, timeouts: {request: 5s, idle: 5s}}
          routes:
            - {id: fixed, path: /fixed, respond: {status: 200, body: fixed}}
            - {id: all, to: one}
          """
              .formatted(UPSTREAM.url()));

  private final Mutator mutator = new Mutator(RequestCatalogue.all(), SEED);
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong forwarded = new AtomicLong();
  private final Map<Integer, AtomicLong> statuses = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  @AfterAll
  static void close() {
    UPSTREAM.close();
  }

  @Test
  void makesNoInputMeanTwoThings() throws InterruptedException {
    System.out.println("fuzzing requests, " + INPUTS + " inputs: -Dseed=" + SEED);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Thread client = new Thread(this::fuzz, "fuzz-" + i);
      client.start();
      clients.add(client);
    }
    for (Thread client : clients) {
      client.join();
    }
    System.out.println("answers " + statuses + ", forwarded " + forwarded);

    RecordingUpstream.Seen late = UPSTREAM.take();
    late.whole().forEach(this::checkLate);
    assertThat(failures).as("-Dseed=" + SEED).isEmpty();
    assertThat(late.faults()).as("-Dseed=" + SEED).isEmpty();
    assertThat(statuses).doesNotContainKey(500);
    assertThat(forwarded.get()).as("some inputs are requests").isPositive();
  }

  private void fuzz() {
    for (long i = next.getAndIncrement(); i < INPUTS; i = next.getAndIncrement()) {
      if (failures.size() > 20) {
        return;
      }
      try {
        send(i, mutator.input(i));
      } catch (IOException | RuntimeException e) {
        failures.add("input " + i + ": " + e);
      }
    }
  }

  /**
   * Each input comes from an address of its own, by which the upstream tells its requests: one that
   * the upstream reads after its client has left must not be taken for another input's.
   */
  private static InetAddress address(long number) throws IOException {
    return InetAddress.getByAddress(
        new byte[] {
          127, (byte) (1 + number / 62_500), (byte) (number / 250 % 250), (byte) (1 + number % 250)
        });
  }

  private static long number(String address) {
    String[] bytes = address.split("\\.");
    return (Long.parseLong(bytes[1]) - 1) * 62_500
        + Long.parseLong(bytes[2]) * 250
        + Long.parseLong(bytes[3])
        - 1;
  }

  private void send(long number, byte[] input) throws IOException {
    byte[] sent = withEnd(input);
    InetAddress from = address(number);
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", GATEWAY.port()));
      socket.setTcpNoDelay(true);
      try {
        socket.getOutputStream().write(sent);
      } catch (IOException refusedEarlier) {
        // It may say why.
      }
      readToEnd(number, socket);
    }
    check(number, UPSTREAM.take(from.getHostAddress()), ReferenceReader.read(sent));
  }

  private void checkLate(StrictRequest request) {
    long number = number(request.all("x-forwarded-for").get(0));
    check(number, List.of(request), ReferenceReader.read(withEnd(mutator.input(number))));
  }

  private static byte[] withEnd(byte[] input) {
    byte[] sent = Arrays.copyOf(input, input.length + BEHIND.length);
    System.arraycopy(BEHIND, 0, sent, input.length, BEHIND.length);
    return sent;
  }

  /** The input may want more; then we say that there is none. */
  private void readToEnd(long number, Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    boolean hasEnded = false;
    StringBuilder text = new StringBuilder();
    socket.setSoTimeout(IMPATIENT_MILLIS);
    while (true) {
      try {
        int c = in.read();
        if (c < 0) {
          break;
        }
        text.append((char) c);
      } catch (SocketTimeoutException e) {
        if (hasEnded) {
          failures.add("input " + number + ": hangs after " + text);
          return;
        }
        hasEnded = true;
        socket.setSoTimeout(PATIENT_MILLIS);
        socket.shutdownOutput();
      } catch (IOException reset) {
        break;
      }
    }
    count(text);
  }

  private void count(CharSequence text) {
    var status = java.util.regex.Pattern.compile("HTTP/1\\.1 (\\d{3}) ").matcher(text);
    while (status.find()) {
      statuses
          .computeIfAbsent(Integer.parseInt(status.group(1)), any -> new AtomicLong())
          .incrementAndGet();
    }
  }

  private void check(long number, List<StrictRequest> seen, List<ReferenceReader.Read> found) {
    forwarded.addAndGet(seen.size());
    int at = 0;
    for (StrictRequest request : seen) {
      // Some that are found are refused, or answered by the gateway; none may come from nowhere.
      while (at < found.size() && !isSame(found.get(at), request)) {
        at++;
      }
      if (at++ >= found.size()) {
        failures.add(
            "input "
                + number
                + ": forwarded "
                + request
                + " of "
                + new String(mutator.input(number), StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static boolean isSame(ReferenceReader.Read found, StrictRequest request) {
    return found.method().equals(request.method()) && Arrays.equals(found.body(), request.body());
  }
}
