package dev.weir.app.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes new inputs of those of a corpus; the same ones for the same seed. */
final class Mutator {

  private static final int MAX_LENGTH = 16_384;

  /** Where parsers disagree, put somewhere. */
  private static final List<String> PIECES =
      List.of(
          "\r",
          "\n",
          "\r\n",
          "\r\n\r\n",
          "\0",
          " ",
          "\t",
          "\u000b",
          ":",
          ",",
          ";",
          "/",
          "//",
          "%",
          "%2f",
          "%00",
          "?",
          "#",
          "@",
          "\\",
          "..",
          "_",
          "-",
          "+",
          "0",
          "1",
          "9",
          "f",
          "x",
          "\u0080",
          "\u0085",
          "\u00a0",
          "\u00ff",
          "\r\n ",
          "\r\n\t",
          "0\r\n\r\n",
          "5\r\nhello\r\n",
          "chunked",
          "Content-Length: 5\r\n",
          "Content-Length: 0\r\n",
          "Transfer-Encoding: chunked\r\n",
          "Transfer-Encoding: identity\r\n",
          "Host: a\r\n",
          "Host: b\r\n",
          "Connection: close\r\n",
          "Connection: keep-alive, x\r\n",
          "Expect: 100-continue\r\n",
          "Upgrade: websocket\r\n",
          "HTTP/1.1",
          "HTTP/1.0",
          "HTTP/1.1\r\n",
          "GET /b HTTP/1.1\r\nHost: b\r\n\r\n",
          "POST /c HTTP/1.1\r\nHost: c\r\nContent-Length: 3\r\n\r\nxyz",
          "X: y\r\n",
          "HEAD ",
          "POST ");

  private final List<Hostile> corpus;
  private final long seed;

  Mutator(List<Hostile> corpus, long seed) {
    this.corpus = corpus;
    this.seed = seed;
  }

  byte[] input(long number) {
    Random random = new Random(seed + number * 0x9E3779B97F4A7C15L);
    byte[] bytes = pick(random);
    int mutations = 1 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      bytes = mutate(bytes, random);
    }
    return bytes.length > MAX_LENGTH ? Arrays.copyOf(bytes, MAX_LENGTH) : bytes;
  }

  private byte[] pick(Random random) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).bytes();
    return bytes.length > MAX_LENGTH ? Arrays.copyOf(bytes, MAX_LENGTH) : bytes;
  }

  private byte[] mutate(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 2 : 20));
    byte[] piece = PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.ISO_8859_1);
    return switch (random.nextInt(8)) {
      case 0 -> replaced(bytes, at, length, new byte[0]);
      case 1 -> replaced(bytes, at, length, piece);
      case 2, 3, 4 -> replaced(bytes, at, 0, piece);
      case 5 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 6 -> replaced(bytes, at, Math.min(1, length), new byte[] {(byte) random.nextInt(256)});
      default -> spliced(bytes, at, random);
    };
  }

  private byte[] spliced(byte[] bytes, int at, Random random) {
    byte[] other = pick(random);
    int from = random.nextInt(other.length + 1);
    return replaced(bytes, at, bytes.length - at, Arrays.copyOfRange(other, from, other.length));
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + by.length);
    out.write(bytes, 0, at);
    out.writeBytes(by);
    out.write(bytes, at + length, bytes.length - at - length);
    return out.toByteArray();
  }
}
