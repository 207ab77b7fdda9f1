package dev.weir.app.server;

import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpStatusClass;
import java.util.ArrayDeque;

/** HTTP/1.1 as it is spoken with a client: strict in what it reads. */
final class StrictCodec
    extends CombinedChannelDuplexHandler<StrictRequestDecoder, HttpResponseEncoder> {

  /** More than fit into what is read in one go; behind that, reading pauses. */
  private static final int MAX_AHEAD = 8192;

  /** Of the requests that have not been answered. */
  private final ArrayDeque<HttpMethod> methods = new ArrayDeque<>(2);

  StrictCodec(HttpDecoderConfig config) {
    init(new StrictRequestDecoder(config, this::isRoomFor), new Encoder());
  }

  private boolean isRoomFor(HttpMethod method) {
    methods.add(method);
    return methods.size() <= MAX_AHEAD;
  }

  /** Knows, where it matters, what is being answered (RFC 9112 §6.3). */
  private final class Encoder extends HttpResponseEncoder {

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
      boolean isFinal = response.status().codeClass() != HttpStatusClass.INFORMATIONAL;
      boolean isToHead = isFinal && HttpMethod.HEAD.equals(methods.poll());
      return isToHead || super.isContentAlwaysEmpty(response);
    }
  }
}
