package dev.weir.app.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, less forgiving. That takes any white space for the blanks of a request line and
 * any number of empty lines before it, and joins folded lines (RFC 9112 §2.2, §3, §5.2), of which
 * nothing can be seen any more behind it. So its hooks check the request line here, and of the
 * lines that it has consumed the first byte is looked at once more.
 *
 * <p>What is wrong becomes a message whose {@link DecoderResult} says so, the last one of its
 * connection.
 */
class StrictRequestDecoder extends HttpRequestDecoder {

  /** RFC 9112 §2.2 asks for one at least. */
  private static final int MAX_EMPTY_LINES = 4;

  private boolean isBroken;
  private boolean isInContent;
  private boolean isBehindRequestLine;
  private int bytesOfEmptyLines;
  private int endOfWord;

  StrictRequestDecoder(HttpDecoderConfig config) {
    super(config);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    int before = out.size();
    boolean isHead = !isInContent;
    String fault = isBroken ? null : faultOfEmptyLines(in);
    if (fault == null && !isBroken) {
      int start = in.readerIndex();
      super.decode(ctx, in, out);
      fault = isBroken(out, before) ? null : faultOfDecoded(in, start, out, before);
    }
    if (fault != null) {
      refuse(out, before, isHead, fault);
    }
    if (isBroken) {
      in.skipBytes(in.readableBytes());
    }
  }

  /** Whether Netty has found something. */
  private boolean isBroken(List<Object> out, int before) {
    for (int i = before; i < out.size(); i++) {
      isBroken |= out.get(i) instanceof HttpObject part && part.decoderResult().isFailure();
    }
    return isBroken;
  }

  private @Nullable String faultOfDecoded(ByteBuf in, int start, List<Object> out, int before) {
    boolean isContent = false;
    boolean wasInContent = isInContent;
    for (int i = before; i < out.size(); i++) {
      Object part = out.get(i);
      if (part instanceof HttpRequest) {
        isInContent = true;
      } else if (part instanceof HttpContent content) {
        isContent |= content.content().isReadable();
        isInContent = !(part instanceof LastHttpContent);
      }
    }
    String fault = isContent ? null : faultOfLines(in, start, !wasInContent);
    if (!isInContent && !out.isEmpty()) {
      isBehindRequestLine = false;
      bytesOfEmptyLines = 0;
    }
    return fault;
  }

  /** Of those that stand before a request. */
  private @Nullable String faultOfEmptyLines(ByteBuf in) {
    if (isInContent || isBehindRequestLine) {
      return null;
    }
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end && bytesOfEmptyLines <= 2 * MAX_EMPTY_LINES) {
      byte b = in.getByte(at);
      boolean isInside = (bytesOfEmptyLines & 1) != 0;
      if (b == (isInside ? '\n' : '\r')) {
        bytesOfEmptyLines++;
        at++;
      } else if (isInside || b == '\n') {
        return "a bare CR or LF before the request line";
      } else {
        return null;
      }
    }
    in.readerIndex(at);
    return bytesOfEmptyLines <= 2 * MAX_EMPTY_LINES ? null : "empty lines before the request line";
  }

  /** Of what was consumed: whole lines, all of them. */
  private @Nullable String faultOfLines(ByteBuf in, int start, boolean isHead) {
    int at = start;
    int end = in.readerIndex();
    if (at < end && isHead && !isBehindRequestLine) {
      isBehindRequestLine = true;
      at = behindLine(in, at, end);
    }
    if (!isHead && hasControls(in, start, end)) {
      return "a control character among chunks or trailer fields";
    }
    while (at < end) {
      byte first = in.getByte(at);
      if (first == ' ' || first == '\t') {
        return "a line that begins with white space";
      }
      at = behindLine(in, at, end);
    }
    return null;
  }

  /** Netty leaves out trailer fields that frame a message before it has looked at their values. */
  private static boolean hasControls(ByteBuf in, int from, int end) {
    for (int at = from; at < end; at++) {
      byte b = in.getByte(at);
      boolean isControl = b >= 0 && b < ' ' || b == 0x7f;
      if (isControl && b != '\t' && b != '\r' && b != '\n') {
        return true;
      }
    }
    return false;
  }

  private static int behindLine(ByteBuf in, int at, int end) {
    int lineFeed = in.indexOf(at, end, (byte) '\n');
    return lineFeed < 0 ? end : lineFeed + 1;
  }

  private void refuse(List<Object> out, int before, boolean isHead, String fault) {
    while (out.size() > before) {
      ReferenceCountUtil.release(out.remove(out.size() - 1));
    }
    isBroken = true;
    DecoderResult result = DecoderResult.failure(new IllegalArgumentException(fault));
    if (isHead) {
      HttpMessage request = createInvalidMessage();
      request.setDecoderResult(result);
      out.add(request);
    } else {
      LastHttpContent end = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
      end.setDecoderResult(result);
      out.add(end);
    }
  }

  // The request line, which Netty hands over in an array of its own that begins with it

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    require(start == 0 && length > 0, "a request line that begins with its method");
    endOfWord = length;
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    requireBlank(line, start);
    endOfWord = start + length;
    return super.splitSecondWordInitialLine(line, start, length);
  }

  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    requireBlank(line, start);
    boolean isVersion =
        length == 8
            && line[start] == 'H'
            && line[start + 1] == 'T'
            && line[start + 2] == 'T'
            && line[start + 3] == 'P'
            && line[start + 4] == '/'
            && line[start + 6] == '.';
    require(isVersion, "a version like HTTP/1.1");
    return super.splitThirdWordInitialLine(line, start, length);
  }

  private void requireBlank(byte[] line, int start) {
    require(
        start == endOfWord + 1 && line[endOfWord] == ' ',
        "one blank between the parts of the request line");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + what);
    }
  }

  /** RFC 9112 §6.3 leaves it to us; to keep one of both is to know better than the next hop. */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
  }
}
