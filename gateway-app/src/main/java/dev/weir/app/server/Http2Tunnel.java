package dev.weir.app.server;

import dev.weir.http.Tunnel;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * A stream of HTTP/2 that carries bytes in its DATA frames, both ways (RFC 8441 §5). A side's end
 * is END_STREAM; whatever breaks off is a reset.
 */
final class Http2Tunnel implements Tunnel.Delivery {

  private final Http2ClientStream stream;
  private final ByteStream fromClient;
  private @Nullable ByteWriter writer;
  private boolean isJoined;

  /**
   * The tunnel on a stream.
   *
   * @param fromClient which is kept until somebody wants it, no more of it than the stream's window
   */
  Http2Tunnel(Http2ClientStream stream, ByteStream fromClient) {
    this.stream = stream;
    this.fromClient = fromClient;
  }

  /** Joins both sides; the client has been told so. */
  Mono<Void> join(Tunnel tunnel) {
    isJoined = true;
    return tunnel.join(fromClient, this).doFinally(signal -> fromClient.cancel());
  }

  boolean isJoined() {
    return isJoined;
  }

  /** Frees what nobody will read. */
  void discard() {
    fromClient.cancel();
  }

  /** The stream takes more again. */
  void writable() {
    if (writer != null) {
      writer.writable();
    }
  }

  @Override
  public Mono<Void> deliver(Flux<ByteBuf> bytes) {
    return ByteWriter.writeAll(bytes, Frames::new, begun -> writer = begun);
  }

  private final class Frames implements ByteWriter.Target {

    private final MonoSink<Void> sink;

    Frames(MonoSink<Void> sink) {
      this.sink = sink;
    }

    @Override
    public boolean isWritable() {
      return stream.isWritable();
    }

    @Override
    public void write(ByteBuf piece) {
      stream.send(piece);
    }

    @Override
    public void end() {
      stream
          .sendEnd(EmptyHttpHeaders.INSTANCE)
          .addListener(
              written -> {
                if (written.isSuccess()) {
                  sink.success();
                } else {
                  stream.giveUp();
                }
              });
    }

    @Override
    public void fail(Throwable error) {
      stream.breaksOff();
      sink.error(error);
    }
  }
}
