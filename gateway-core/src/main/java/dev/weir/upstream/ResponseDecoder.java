package dev.weir.upstream;

import dev.weir.loop.ByteStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Netty's decoder, less forgiving. That takes a line without a colon for a field, and any white
 * space, letters in either case and numbers of any length for a status line (RFC 9112 §4, §5).
 *
 * <p>White space between name and colon is taken away, as a proxy has to (RFC 9112 §5.1), and a
 * folded field is unfolded (§5.2).
 */
final class ResponseDecoder extends HttpResponseDecoder {

  private boolean isExpecting;
  private boolean isForHead;
  private boolean hasBlankBehindName;
  private boolean isBroken;
  private int endOfWord;

  ResponseDecoder(int maxHeadBytes) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(maxHeadBytes)
            .setMaxHeaderSize(maxHeadBytes)
            .setMaxChunkSize(ByteStream.MAX_PIECE_BYTES)
            .setStrictLineParsing(true));
  }

  /** A response is to come. */
  void expect(boolean isAnswerToHead) {
    isExpecting = true;
    isForHead = isAnswerToHead;
  }

  /** From now on whatever comes was not asked for. */
  void expectNothing() {
    isExpecting = false;
  }

  /** Whether there are bytes behind what was decoded, of which nothing could be made so far. */
  boolean hasUnread() {
    return actualReadableBytes() > 0;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    boolean isInformational =
        message instanceof HttpResponse response && response.status().code() < 200;
    return isForHead && !isInformational || super.isContentAlwaysEmpty(message);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (isBroken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!isExpecting) {
      breakOff(in, out, "bytes that nobody asked for");
      return;
    }
    int start = in.readerIndex();
    int before = out.size();
    hasBlankBehindName = false;
    super.decode(ctx, in, out);
    if (hasBlankBehindName && !hasColons(in, start)) {
      while (out.size() > before) {
        ReferenceCountUtil.release(out.remove(out.size() - 1));
      }
      breakOff(in, out, "a field without a colon");
    }
  }

  /** In place of a head, too: whoever reads looks at the result first. */
  private void breakOff(ByteBuf in, List<Object> out, String why) {
    isBroken = true;
    in.skipBytes(in.readableBytes());
    DefaultLastHttpContent broken = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(why)));
    out.add(broken);
  }

  /**
   * Whether each name in what was consumed has a colon behind it, with nothing but blanks between.
   * Only looked at where there are blanks.
   */
  private static boolean hasColons(ByteBuf in, int start) {
    int at = start;
    int end = in.readerIndex();
    while (at < end) {
      int lineEnd = in.indexOf(at, end, (byte) '\n');
      lineEnd = lineEnd < 0 ? end : lineEnd;
      if (hasBlankWithoutColon(in, at, lineEnd)) {
        return false;
      }
      at = lineEnd + 1;
    }
    return true;
  }

  private static boolean hasBlankWithoutColon(ByteBuf in, int start, int end) {
    int at = start;
    while (at < end && in.getByte(at) != ':' && !isBlank(in.getByte(at))) {
      at++;
    }
    boolean isStatusLine = at - start == 8 && in.getByte(start + 4) == '/';
    if (at == start || at == end || isStatusLine) {
      return false;
    }
    while (at < end && isBlank(in.getByte(at))) {
      at++;
    }
    return at == end || in.getByte(at) != ':';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    hasBlankBehindName |= line[start + length] != ':';
    return super.splitHeaderName(line, start, length);
  }

  // The status line, which Netty hands over in an array of its own that begins with it

  @Override
  protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
    boolean isVersion =
        start == 0
            && length == 8
            && line[0] == 'H'
            && line[1] == 'T'
            && line[2] == 'T'
            && line[3] == 'P'
            && line[4] == '/';
    require(isVersion, "a status line that begins with HTTP/1.1");
    endOfWord = length;
    return super.splitFirstWordInitialLine(line, start, length);
  }

  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    boolean isStatus =
        start == endOfWord + 1
            && line[endOfWord] == ' '
            && length == 3
            && isDigit(line[start])
            && isDigit(line[start + 1])
            && isDigit(line[start + 2]);
    require(isStatus, "a status of three digits");
    return super.splitSecondWordInitialLine(line, start, length);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + what);
    }
  }
}
