package dev.weir.app.server;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.HeadBytes;
import dev.weir.http.HopByHop;
import dev.weir.http.Informational;
import dev.weir.http.Response;
import dev.weir.http.Tunnel;
import dev.weir.loop.ByteStream;
import dev.weir.loop.HeldPieces;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One request of an HTTP/1.1 connection, and the answer to it as bytes (RFC 9112).
 *
 * <p>What comes in one go is kept until the read is over: a request that is small and whole by then
 * has its body in memory, and can be repeated; any other has one that streams.
 */
final class Http1Stream implements ClientStream, ByteStream.Source {

  /** Up to here it costs less to copy content behind its head than to write both. */
  private static final int MAX_COPIED_BYTES = 8 << 10;

  private static final AsciiString CONTINUE = AsciiString.cached("HTTP/1.1 100 Continue\r\n\r\n");
  private static final AsciiString LAST_CHUNK = AsciiString.cached("0\r\n");

  private final ClientConnection connection;
  private final ChannelHandlerContext context;
  private final HttpRequest head;
  private final boolean isHttp11;

  // The request
  private final HeldPieces pieces = new HeldPieces();
  private boolean isReceived;
  private HttpHeaders requestTrailers = EmptyHttpHeaders.INSTANCE;
  private @Nullable ByteStream body;
  private @Nullable Exchange exchange;

  // The answer
  private boolean isAnswering;
  private boolean isChunked;
  private boolean isLast;
  private boolean isTunnel;

  Http1Stream(ClientConnection connection, HttpRequest head) {
    this.connection = connection;
    this.context = connection.context();
    this.head = head;
    this.isHttp11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  // The request

  /** Whether all of it is here. */
  boolean isReceived() {
    return isReceived;
  }

  void received(HttpContent content) {
    if (content.decoderResult().isFailure()) {
      content.release();
      unreadable(content.decoderResult().cause());
      return;
    }
    if (content.content().isReadable()) {
      add(content.content());
    } else {
      content.release();
    }
    if (content instanceof LastHttpContent last) {
      receivedEnd(last);
    } else if (exchange == null && !pieces.isSmall()) {
      begin();
    }
  }

  private void add(ByteBuf piece) {
    if (body != null) {
      body.push(piece);
    } else {
      pieces.add(piece);
    }
  }

  private void receivedEnd(LastHttpContent last) {
    isReceived = true;
    if (!last.trailingHeaders().isEmpty()) {
      requestTrailers = last.trailingHeaders();
    }
    if (exchange == null) {
      begin();
    } else if (body != null) {
      body.complete();
    }
  }

  /** What came in one go is here. */
  void readComplete() {
    if (exchange == null) {
      begin();
    }
  }

  private void begin() {
    Exchange next =
        connection.exchange(
            new Incoming(head, body(), connection.link(), this::sendInformational), this);
    exchange = next;
    next.begin();
    if (body != null) {
      body.pauseIfFull();
    }
  }

  private Body body() {
    if (isReceived && requestTrailers.isEmpty() && pieces.isSmall()) {
      return pieces.take();
    }
    ByteStream bytes = new ByteStream(loop(), this);
    body = bytes;
    pieces.pushTo(bytes);
    if (isReceived) {
      bytes.complete();
    }
    boolean isAwaited = isHttp11 && pieces.isEmpty() && HttpUtil.is100ContinueExpected(head);
    Flux<ByteBuf> content = isAwaited ? Flux.defer(() -> askFor(bytes)) : bytes;
    return Body.streaming(content, length(), () -> requestTrailers, bytes::cancel);
  }

  /** RFC 9112 §6.3. The codec has seen to it that a length is digits only, and not too many. */
  private long length() {
    String length = head.headers().get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null || HttpUtil.isTransferEncodingChunked(head) ? -1 : Long.parseLong(length);
  }

  /** Somebody wants the content, for which the client waits to be asked (RFC 9110 §10.1.1). */
  private Flux<ByteBuf> askFor(ByteStream bytes) {
    if (!isAnswering && !isReceived) {
      context.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE.array()), context.voidPromise());
    }
    return bytes;
  }

  /** The reader of the request's body reads faster or slower than the client writes. */
  @Override
  public void read(boolean isWanted) {
    connection.read(isWanted);
  }

  /** Nobody wants the rest of the request; it is read and thrown away. */
  @Override
  public void abandoned() {
    connection.read(true);
  }

  /** The request breaks off: what comes next could be anything. */
  void unreadable(Throwable cause) {
    if (isReceived) {
      context.close();
      return;
    }
    if (exchange == null) {
      begin();
    }
    if (body != null) {
      body.fail(
          cause instanceof FailureException
              ? cause
              : Failure.CLIENT_LEFT.exception("while it sent its request", cause));
    }
  }

  void clientLeft() {
    pieces.release();
    if (exchange != null) {
      exchange.clientLeft();
    }
    if (body != null) {
      body.fail(Failure.CLIENT_LEFT.exception("while it sent its request"));
    }
  }

  // The answer

  private void sendInformational(Informational response) {
    if (isHttp11 && !isAnswering && connection.isCurrent(this)) {
      HttpHeaders fields = response.headers().copy();
      HopByHop.strip(fields);
      context.writeAndFlush(
          HeadEncoder.encode(allocator(), response.status(), fields), context.voidPromise());
    }
  }

  private ByteBufAllocator allocator() {
    return context.alloc();
  }

  @Override
  public void announceUnknownLength(HttpHeaders fields) {
    if (isHttp11) {
      fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
      isChunked = true;
    } else {
      // The end of the connection is the end of the body (RFC 9112 §6.3).
      isLast = true;
    }
  }

  /**
   * RFC 9112 §9.3: whether there can be another exchange on this connection, and says so. Who sends
   * what is no request is not to be trusted with where it ends.
   */
  private void setConnection(HttpHeaders fields) {
    isAnswering = true;
    boolean isWanted = HttpUtil.isKeepAlive(head);
    boolean isRefused = exchange != null && exchange.isRefused();
    isLast |= !isWanted || !isReceived || isRefused || connection.isDraining();
    if (isLast) {
      fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (!isHttp11) {
      fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
  }

  @Override
  public ChannelFuture sendWhole(int status, HttpHeaders fields, ByteBuf content) {
    setConnection(fields);
    int bytes = content.readableBytes();
    boolean isCopied = bytes <= MAX_COPIED_BYTES;
    ByteBuf out = HeadEncoder.encode(allocator(), status, fields, isCopied ? bytes : 0);
    if (isCopied) {
      return context.writeAndFlush(out.writeBytes(content, content.readerIndex(), bytes));
    }
    context.write(out, context.voidPromise());
    return context.writeAndFlush(content.retainedDuplicate());
  }

  @Override
  public void sendHead(int status, HttpHeaders fields) {
    setConnection(fields);
    context.write(HeadEncoder.encode(allocator(), status, fields), context.voidPromise());
    connection.flushSoon();
  }

  @Override
  public boolean isWritable() {
    return context.channel().isWritable();
  }

  void writable() {
    if (exchange != null) {
      exchange.writable();
    }
  }

  @Override
  public void send(ByteBuf piece) {
    if (isChunked) {
      HeadBytes size = HeadBytes.begin();
      size.text(Integer.toHexString(piece.readableBytes()));
      size.lineEnd();
      context.write(size.end(allocator()), context.voidPromise());
      context.write(piece, context.voidPromise());
      HeadBytes end = HeadBytes.begin();
      end.lineEnd();
      context.write(end.end(allocator()), context.voidPromise());
    } else {
      context.write(piece, context.voidPromise());
    }
    if (isWritable()) {
      connection.flushSoon();
    } else {
      context.flush();
    }
  }

  @Override
  public boolean takesTrailers() {
    return isChunked;
  }

  @Override
  public ChannelFuture sendEnd(HttpHeaders trailers) {
    ByteBuf end = Unpooled.EMPTY_BUFFER;
    if (isChunked) {
      HeadBytes last = HeadBytes.begin();
      last.text(LAST_CHUNK);
      last.fields(trailers);
      last.lineEnd();
      end = last.end(allocator());
    }
    return context.writeAndFlush(end);
  }

  /** Afterwards the connection is of no more use. */
  @Override
  public Mono<Void> join(Response response, Tunnel tunnel) {
    isAnswering = true;
    isTunnel = true;
    HttpHeaders fields = response.headers();
    fields.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    fields.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    return connection.guard().switchProtocol().join(response, tunnel);
  }

  // The end

  @Override
  public void answered() {
    if (isLast || isTunnel) {
      close();
    } else {
      connection.guard().exchangeEnds(head.headers());
      connection.answered(this);
    }
  }

  @Override
  public void cut() {
    // What there is of the answer: the client sees that it breaks off, and where.
    context.flush();
    close();
  }

  private void close() {
    if (isTunnel) {
      connection.guard().tunnelEnds(head.headers());
    }
    connection.close();
    connection.guard().exchangeEnds(head.headers());
  }
}
