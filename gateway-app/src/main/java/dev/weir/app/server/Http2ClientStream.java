package dev.weir.app.server;

import dev.weir.http.Body;
import dev.weir.http.HopByHop;
import dev.weir.http.Http2Fields;
import dev.weir.http.Http2Fields.Malformed;
import dev.weir.http.Informational;
import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import dev.weir.http.WebSocketHandshake;
import dev.weir.loop.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** One request on a stream of HTTP/2, and the answer to it in frames (RFC 9113 §8.1). */
final class Http2ClientStream implements ClientStream {

  /** What has to be taken within the time of a stall: nobody stays for ever by taking a little. */
  private static final int MAX_PIECE = 16 << 10;

  private final Http2ClientConnection connection;
  private final ChannelHandlerContext context;
  private final Http2Stream stream;
  private final HttpRequest head;
  private final Scheduler clock;

  // The request
  private final Http2RequestBody body;
  private boolean isReceived;
  private HttpHeaders requestTrailers = EmptyHttpHeaders.INSTANCE;
  private @Nullable Http2Tunnel tunnel;
  private @Nullable Exchange exchange;

  // The answer
  private boolean isAnswering;
  private @Nullable ChannelFuture end;
  private boolean isOver;
  private Http2Error cutBy = Http2Error.INTERNAL_ERROR;
  private int unwritten;
  private long waitingSinceNanos;

  Http2ClientStream(
      Http2ClientConnection connection,
      ChannelHandlerContext context,
      Http2Stream stream,
      HttpRequest head,
      Scheduler clock) {
    this.connection = connection;
    this.context = context;
    this.stream = stream;
    this.head = head;
    this.clock = clock;
    this.body = new Http2RequestBody(connection, stream, loop());
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  // The request

  /**
   * Some of the body came.
   *
   * @return how many of these bytes the client may send again at once
   */
  int received(ByteBuf data, int padding) {
    if (isOver) {
      return data.readableBytes() + padding;
    }
    int credit = body.received(data);
    if (exchange == null && body.isLarge()) {
      begin();
    }
    return credit + padding;
  }

  /**
   * The trailer section, and with it all of the request is here.
   *
   * @throws Malformed if the stream carries bytes, behind which there can be none (RFC 9113 §8.5)
   */
  void receivedTrailers(HttpHeaders trailers) throws Malformed {
    if (WebSocketHandshake.isWanted(head.headers())) {
      throw Http2Fields.malformed("HEADERS on a stream that carries a WebSocket");
    }
    receivedEnd(trailers);
  }

  /** All of the request is here. */
  void receivedEnd(HttpHeaders trailers) {
    isReceived = true;
    requestTrailers = trailers;
    if (exchange == null) {
      begin();
    } else {
      body.complete();
    }
  }

  /** What came in one go is here. */
  void readComplete() {
    if (exchange == null && !isOver) {
      begin();
    }
  }

  private void begin() {
    Exchange next =
        connection.exchange(
            new Incoming(head, wholeOrStream(), connection.link(), this::sendInformational), this);
    exchange = next;
    next.begin();
  }

  private Body wholeOrStream() {
    if (WebSocketHandshake.isWanted(head.headers())) {
      return bodyOfHandshake();
    }
    Body value = isReceived && requestTrailers.isEmpty() ? body.value() : null;
    if (value != null) {
      return value;
    }
    ByteStream bytes = bytes();
    boolean isAwaited = body.isEmpty() && head.headers().contains(HttpHeaderNames.EXPECT);
    Flux<ByteBuf> content = isAwaited ? Flux.defer(() -> askFor(bytes)) : bytes;
    return Body.streaming(content, length(), () -> requestTrailers, bytes::cancel);
  }

  private ByteStream bytes() {
    ByteStream bytes = body.stream();
    if (isReceived) {
      bytes.complete();
    }
    return bytes;
  }

  /** The handshake of a WebSocket has no body; what follows it is for the tunnel. */
  private Body bodyOfHandshake() {
    tunnel = new Http2Tunnel(this, bytes());
    return Body.empty();
  }

  /** The codec has seen to it that there are digits only. */
  private long length() {
    return HttpUtil.getContentLength(head, -1L);
  }

  /** Somebody wants the content, for which the client waits to be asked (RFC 9110 §10.1.1). */
  private Flux<ByteBuf> askFor(ByteStream bytes) {
    if (!isReceived) {
      sendInformational(new Informational(100, EmptyHttpHeaders.INSTANCE));
    }
    return bytes;
  }

  // The answer

  private void sendInformational(Informational response) {
    if (!isAnswering && !isOver) {
      HttpHeaders fields = response.headers().copy();
      HopByHop.strip(fields);
      writeHead(response.status(), fields, false, context.newPromise());
      connection.flushSoon();
    }
  }

  private void writeHead(int status, HttpHeaders fields, boolean isLast, ChannelPromise promise) {
    connection
        .encoder()
        .writeHeaders(
            context, stream.id(), Http2Fields.ofResponse(status, fields), 0, isLast, promise);
  }

  /** HTTP/2 has an end of its own. */
  @Override
  public void announceUnknownLength(HttpHeaders fields) {}

  @Override
  public ChannelFuture sendWhole(int status, HttpHeaders fields, ByteBuf content) {
    isAnswering = true;
    Last last = last();
    if (content.isReadable()) {
      writeHead(status, fields, false, context.newPromise());
      writeData(content.retainedDuplicate(), true, last.ofFrame());
    } else {
      writeHead(status, fields, true, last.ofFrame());
    }
    connection.flushSoon();
    return last.told();
  }

  @Override
  public void sendHead(int status, HttpHeaders fields) {
    isAnswering = true;
    writeHead(status, fields, false, context.newPromise());
    connection.flushSoon();
  }

  /** One piece may always wait, so that it is seen if it is not taken. */
  @Override
  public boolean isWritable() {
    return unwritten == 0 || connection.encoder().flowController().isWritable(stream);
  }

  void writable() {
    if (tunnel != null) {
      tunnel.writable();
    }
    if (exchange != null && !isOver) {
      exchange.writable();
    }
  }

  @Override
  public void send(ByteBuf piece) {
    writeData(piece, false, context.newPromise());
    connection.flushSoon();
  }

  private void writeData(ByteBuf bytes, boolean isLast, ChannelPromise promise) {
    while (bytes.readableBytes() > MAX_PIECE) {
      writePiece(bytes.readRetainedSlice(MAX_PIECE), false, context.newPromise());
    }
    writePiece(bytes, isLast, promise);
  }

  private void writePiece(ByteBuf piece, boolean isLast, ChannelPromise promise) {
    if (unwritten++ == 0) {
      waitingSinceNanos = now();
    }
    connection.wroteData();
    promise.addListener(
        written -> {
          unwritten--;
          waitingSinceNanos = now();
          if (unwritten == 0 && !isOver) {
            writable();
          }
        });
    connection.encoder().writeData(context, stream.id(), piece, 0, isLast, promise);
  }

  private long now() {
    return clock.now(TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean takesTrailers() {
    return true;
  }

  @Override
  public ChannelFuture sendEnd(HttpHeaders trailers) {
    Last last = last();
    if (trailers.isEmpty()) {
      writePiece(Unpooled.EMPTY_BUFFER, true, last.ofFrame());
    } else {
      connection
          .encoder()
          .writeHeaders(
              context, stream.id(), Http2Fields.ofTrailers(trailers), 0, true, last.ofFrame());
    }
    connection.flushSoon();
    return last.told();
  }

  private Last last() {
    Last last = Last.on(context);
    end = last.told();
    return last;
  }

  /**
   * The last frame's promise, and what is told of it: it fails as a connection does that its client
   * has left, since that is all that can happen to it.
   */
  private record Last(ChannelPromise ofFrame, ChannelPromise told) {

    static Last on(ChannelHandlerContext context) {
      ChannelPromise told = context.newPromise();
      ChannelPromise ofFrame = context.newPromise();
      ofFrame.addListener(
          written -> {
            if (written.isSuccess()) {
              told.trySuccess();
            } else {
              told.tryFailure(new ClosedChannelException());
            }
          });
      return new Last(ofFrame, told);
    }
  }

  @Override
  public Mono<Void> join(Response response, Tunnel upstream) {
    Http2Tunnel own = tunnel;
    if (own == null) {
      upstream.discard();
      return Mono.error(new IllegalStateException("a switch that the client did not ask for"));
    }
    sendHead(200, response.headers().remove(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT));
    return own.join(upstream);
  }

  // The end

  /** Whether the client has taken nothing of what waits for it for so long. */
  boolean isStalled(long nowNanos, long stallNanos) {
    return !isOver && unwritten > 0 && nowNanos - waitingSinceNanos >= stallNanos;
  }

  /** What the client does not take, or can't any more, is given up. */
  void giveUp() {
    cutBy = Http2Error.CANCEL;
    clientLeft();
    if (!isOver) {
      // Its exchange is over, and what is left to be sent is not taken.
      reset(cutBy);
    }
  }

  /** The stream is closed; if the answer's last frame is on its way, that knows how it ended. */
  void streamClosed() {
    if (end == null) {
      clientLeft();
    }
  }

  private void clientLeft() {
    if (isOver) {
      return;
    }
    body.release();
    if (exchange == null) {
      over();
    } else {
      exchange.clientLeft();
    }
  }

  @Override
  public void answered() {
    if (tunnel == null) {
      ended();
    } else {
      ChannelFuture last = end == null ? sendEnd(EmptyHttpHeaders.INSTANCE) : end;
      last.addListener(written -> ended());
    }
  }

  /** What the client still sends is of no use to anybody (RFC 9113 §8.1). */
  private void ended() {
    if (stream.state().remoteSideOpen()) {
      connection.reset(stream, Http2Error.NO_ERROR);
    }
    over();
  }

  /** A WebSocket that we end has been told why, so that its end is in order. */
  @Override
  public void cut() {
    boolean isInOrder = tunnel != null && tunnel.isJoined() && cutBy != Http2Error.CANCEL;
    if (isInOrder) {
      answered();
    } else {
      reset(cutBy);
    }
  }

  /** What it carries can't go on (RFC 8441 §5). */
  void breaksOff() {
    cutBy = Http2Error.CANCEL;
  }

  private void reset(Http2Error code) {
    connection.reset(stream, code);
    over();
  }

  private void over() {
    if (!isOver) {
      isOver = true;
      body.end();
      if (tunnel != null) {
        tunnel.discard();
      }
      connection.streamEnds(this);
    }
  }
}
