package dev.weir.upstream;

import dev.weir.http.Tunnel;
import dev.weir.loop.ByteStream;
import dev.weir.loop.ByteWriter;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** The endpoint's side of a connection that has been switched to another protocol: bytes. */
final class Http1Tunnel implements Tunnel {

  private final Http1Connection connection;
  private final ByteStream fromEndpoint;
  private final Consumer<ByteWriter> onWriter;

  /**
   * The tunnel on a connection.
   *
   * @param onWriter is given whom to tell when the connection takes more again
   */
  Http1Tunnel(Http1Connection connection, ByteStream fromEndpoint, Consumer<ByteWriter> onWriter) {
    this.connection = connection;
    this.fromEndpoint = fromEndpoint;
    this.onWriter = onWriter;
  }

  @Override
  public Mono<Void> join(Flux<ByteBuf> fromClient, Delivery toClient) {
    Mono<Void> toEndpoint = ByteWriter.writeAll(fromClient, Bytes::new, onWriter);
    return Mono.firstWithSignal(toClient.deliver(fromEndpoint), toEndpoint)
        .doFinally(signal -> discard());
  }

  /** Bytes as they are. */
  private final class Bytes implements ByteWriter.Target {

    private final MonoSink<Void> sink;

    Bytes(MonoSink<Void> sink) {
      this.sink = sink;
    }

    @Override
    public boolean isWritable() {
      return connection.isWritable();
    }

    @Override
    public void write(ByteBuf piece) {
      connection.write(piece);
      connection.flushSoon();
    }

    /** Once all is written: whoever is told closes the connection. */
    @Override
    public void end() {
      connection.whenWritten(sink::success);
    }

    @Override
    public void fail(Throwable error) {
      sink.error(error);
    }
  }

  @Override
  public void discard() {
    fromEndpoint.cancel();
  }
}
