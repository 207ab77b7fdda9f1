package dev.weir.app.path;

import static dev.weir.testing.Http2Client.DATA;
import static dev.weir.testing.Http2Client.END_STREAM;
import static dev.weir.testing.Http2Client.HEADERS;
import static dev.weir.testing.Http2Client.PING;
import static dev.weir.testing.Http2Client.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P23: bodies over HTTP/2 that nobody reads yet, what they take and how they give it back. */
final class Http2WaitingBodiesPathTest {

  private static final int STREAMS = 40;
  private static final int CONNECTION_WINDOW = 256 << 10;

  /** Of a stream, too, since this client acknowledges no SETTINGS. */
  private static final int FIRST_WINDOW = 65_535;

  private static final int MAX_FRAME = 16_384;
  private static final int LARGE = 3 * MAX_FRAME;

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  /** One request hangs, so that the others wait for their turn, and their bodies with them. */
  @RegisterExtension
  private static final TestGateway GATEWAY =
      TestGateway.of(
          """
          http2: {max-streams: 100, stream-window: 64KiB, connection-window: 256KiB}
          upstreams: {one: {endpoints: $1}}
          routes:
            - id: queue
              path: /queue
              to: one
              retry: off
              timeouts: {request: 2m, attempt: 2m}
              concurrency: {max: 1, queue: 100, queue-timeout: 2m}
            - id: brief
              path: /brief
              to: one
              retry: off
              concurrency: {max: 1, queue: 100, queue-timeout: 500ms}
            - {id: other, path: /other, to: one}
          """,
          UPSTREAM);

  private final Http2Client client = Http2Client.polite(GATEWAY.port());
  private final byte[] mark = new byte[8];

  /** What the client may send yet, on all streams together. */
  private int credit = FIRST_WINDOW;

  @AfterEach
  void close() {
    client.close();
  }

  private static long pinned() {
    return PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
  }

  private static void await(String route, int waiting) {
    GATEWAY.awaitMetric("weir_limit_waiting{limit=\"route " + route + "\"}", waiting);
  }

  /** The only one that runs: it has no end, or the client ends it. */
  private void occupy(String path) throws InterruptedException {
    UPSTREAM.on(path, FakeUpstream.Exchange::hang);
    client.get(1, path);
    UPSTREAM.received();
    takeCredit();
    assertThat(credit).as("the connection's window").isEqualTo(CONNECTION_WINDOW);
  }

  /** Reads until all that has been sent so far is dealt with. */
  private void takeCredit() {
    mark[0]++;
    client.send(PING, 0, 0, Unpooled.copiedBuffer(mark));
    for (Frame frame = client.next(); ; frame = client.next()) {
      takeCredit(frame);
      if (frame.type() == PING && frame.payload()[0] == mark[0]) {
        return;
      }
    }
  }

  private void takeCredit(Frame frame) {
    if (frame.type() == WINDOW_UPDATE && frame.stream() == 0) {
      credit += frame.number(0);
    }
  }

  private Frame nextOf(int stream, int type) {
    for (Frame frame = client.next(); ; frame = client.next()) {
      takeCredit(frame);
      if (frame.stream() == stream && frame.type() == type) {
        return frame;
      }
    }
  }

  /** So much of a body, in pieces of that size. */
  private void content(int stream, int piece, int bytes, boolean isEnd) {
    int pieces = bytes / piece;
    ByteBuf frames = Unpooled.buffer(pieces * (9 + piece));
    for (int i = 0; i < pieces; i++) {
      boolean isLast = isEnd && i == pieces - 1;
      frames.writeMedium(piece).writeByte(DATA).writeByte(isLast ? END_STREAM : 0);
      frames.writeInt(stream).writeZero(piece);
    }
    byte[] all = new byte[frames.readableBytes()];
    frames.readBytes(all);
    client.raw(all);
    credit -= pieces * piece;
  }

  /** However many streams there are, and in pieces of whatever size: no credit is given for it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, MAX_FRAME})
  void takeNoMoreThanTheWindowOfTheirConnection(int piece) throws Exception {
    occupy("/queue");
    for (int i = 1; i <= STREAMS; i++) {
      client.request("POST", 2 * i + 1, "/queue", false);
    }
    await("queue", STREAMS);
    long before = pinned();
    for (int i = 1; credit >= piece; i++) {
      content(2 * i + 1, piece, Math.min(FIRST_WINDOW, credit), false);
    }
    takeCredit();

    assertThat(credit).as("credit for what nobody has read").isLessThan(piece);
    assertThat(pinned() - before).isLessThan(4L * CONNECTION_WINDOW);
  }

  /** Those are values, for which credit is given at once, but no more of them than the window. */
  @Test
  void takeAsMuchAgainIfTheyAreWhole() throws Exception {
    occupy("/queue");
    int stream = 1;
    for (int round = 0; round < 2; round++) {
      int first = stream + 2;
      while (credit >= LARGE) {
        stream += 2;
        client.request("POST", stream, "/queue", false);
        content(stream, MAX_FRAME, LARGE, true);
        await("queue", (stream - first) / 2 + 1);
        takeCredit();
      }
      int sent = LARGE * ((stream - first) / 2 + 1);
      assertThat(sent).isBetween(CONNECTION_WINDOW, 2 * CONNECTION_WINDOW);

      for (int each = first; each <= stream; each += 2) {
        client.reset(each);
      }
      takeCredit();
      assertThat(credit).isGreaterThanOrEqualTo(9 * CONNECTION_WINDOW / 10);
    }
  }

  /** An object for each would take far more than its byte: they go on as a stream. */
  @Test
  void areNoValuesInManyPieces() throws Exception {
    client.request("POST", 1, "/other", false);
    content(1, 1, 100, true);
    nextOf(1, HEADERS);

    FakeUpstream.Exchange received = UPSTREAM.received();
    assertThat(received.body()).hasSize(100);
    assertThat(received.head().get("transfer-encoding")).isEqualTo("chunked");
  }

  /** Nor for ever: others get what those give back whose time is over. */
  @Test
  void holdUpOthersOnlyWhileTheyWait() throws Exception {
    UPSTREAM.on("/other", exchange -> exchange.reply(200, "" + exchange.body().length));
    occupy("/brief");
    client.request("POST", 3, "/other", false);
    UPSTREAM.received();
    int last = 3;
    while (credit > 0) {
      last += 2;
      client.request("POST", last, "/brief", false);
      content(last, MAX_FRAME, Math.min(FIRST_WINDOW, credit), false);
    }

    for (int stream = 5; stream <= last; stream += 2) {
      assertThat(nextOf(stream, HEADERS).fields()).containsEntry(":status", "503");
    }
    while (credit < MAX_FRAME) {
      takeCredit(client.next());
    }
    content(3, MAX_FRAME, MAX_FRAME, true);
    assertThat(nextOf(3, DATA).text()).isEqualTo("" + MAX_FRAME);
  }

  /** What was read needs no window any more, however long its answer takes. */
  @Test
  void giveBackWhatWasReadBeforeTheAnswerEnds() throws Exception {
    occupy("/queue");
    UPSTREAM.on(
        "/queue",
        exchange -> {
          exchange.body();
          exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
          exchange.hang();
        });
    client.request("POST", 3, "/queue", false);
    await("queue", 1);
    content(3, MAX_FRAME, LARGE, true);
    takeCredit();
    assertThat(credit).isEqualTo(CONNECTION_WINDOW - LARGE);

    client.reset(1);
    nextOf(3, DATA);
    takeCredit();
    assertThat(credit).isEqualTo(CONNECTION_WINDOW);
  }

  /** A body that is refused, or whose reader leaves before its end, is given back whole. */
  @ParameterizedTest
  @ValueSource(strings = {"/nowhere", "/other"})
  void giveBackWhatNobodyWants(String path) throws Exception {
    UPSTREAM.on(
        "/other",
        exchange -> {
          exchange.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
          exchange.close();
        });
    takeCredit();
    int sent = 0;
    for (int stream = 1; sent < 4 * CONNECTION_WINDOW; stream += 2) {
      client.request("POST", stream, path, false);
      content(stream, MAX_FRAME, LARGE, false);
      sent += LARGE;
      nextOf(stream, Http2Client.RST_STREAM);
      takeCredit();
      assertThat(credit).isGreaterThanOrEqualTo(9 * CONNECTION_WINDOW / 10);
    }
  }
}
