package dev.weir.http;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a value: status, header fields, body.
 *
 * <p>Whoever holds a response owns it, its fields included, and either delivers it to its end or
 * {@link #discard() discards} it. The copies that {@code with...} makes are the same answer: they
 * share its end, and only the newest is to be used.
 */
public final class Response {

  private final int status;
  private final HttpHeaders headers;
  private final Body body;
  private final @Nullable Tunnel tunnel;
  private final ResponseEnd end;

  private Response(
      int status, HttpHeaders headers, Body body, @Nullable Tunnel tunnel, ResponseEnd end) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.tunnel = tunnel;
    this.end = end;
  }

  public static Response of(int status, HttpHeaders headers, Body body) {
    return new Response(status, headers, body, null, new ResponseEnd());
  }

  public static Response of(int status) {
    return of(status, Fields.create(), Body.empty());
  }

  /** 101: from here on the connection carries messages both ways (RFC 9110 §15.2.2). */
  public static Response switching(HttpHeaders headers, Tunnel tunnel) {
    return new Response(101, headers, Body.empty(), tunnel, new ResponseEnd());
  }

  /** 200 to 599; 101 if there is a tunnel. */
  public int status() {
    return status;
  }

  public HttpHeaders headers() {
    return headers;
  }

  public Body body() {
    return body;
  }

  /** The other side of a WebSocket, if the answer is 101. */
  public @Nullable Tunnel tunnel() {
    return tunnel;
  }

  public Response withBody(Body newBody) {
    return newBody == body ? this : new Response(status, headers, newBody, tunnel, end);
  }

  public Response withTunnel(Tunnel newTunnel) {
    return new Response(status, headers, body, newTunnel, end);
  }

  /**
   * Runs {@code listener} once when this response is over; at once, if it is over already. On the
   * thread that ends it, so it must not wait.
   */
  @CanIgnoreReturnValue
  public Response onEnd(Consumer<Ending> listener) {
    end.onEnd(listener);
    return this;
  }

  /**
   * Says that the response is over; for whoever delivers it.
   *
   * @return false if it was over before
   */
  @CanIgnoreReturnValue
  public boolean end(Ending ending) {
    return end.end(ending);
  }

  /**
   * Gives up an answer that is not to be delivered: frees its body and whatever waits for its end.
   */
  public void discard() {
    body.discard();
    if (tunnel != null) {
      tunnel.discard();
    }
    end(Ending.DISCARDED);
  }

  @Override
  public String toString() {
    return "Response[" + status + "]";
  }
}
