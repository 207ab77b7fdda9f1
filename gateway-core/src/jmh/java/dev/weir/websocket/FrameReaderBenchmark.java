package dev.weir.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to look into the payload of a frame of 64 KiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FrameReaderBenchmark {

  private static final int SIZE = 65_536;

  private final ByteBuf ascii = direct("lorem ipsum dolor sit amet ".repeat(SIZE).getBytes(), SIZE);
  private final ByteBuf cyrillic =
      direct("Привет мир, ".repeat(SIZE).getBytes(StandardCharsets.UTF_8), SIZE);
  private final byte[] compressed = compressed();
  private final ByteBuf message = direct(compressed, compressed.length);
  private final Inflater inflater = new Inflater(true);
  private final byte[] inflated = new byte[SIZE];

  private static ByteBuf direct(byte[] bytes, int size) {
    return PooledByteBufAllocator.DEFAULT.directBuffer(size).writeBytes(bytes, 0, size);
  }

  /** JSON with as much chance in it as usual. */
  private static byte[] compressed() {
    Random random = new Random(5);
    StringBuilder json = new StringBuilder();
    while (json.length() < SIZE) {
      json.append("{\"id\":").append(random.nextInt(1_000_000));
      json.append(",\"price\":").append(random.nextDouble()).append("},");
    }
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(json.substring(0, SIZE).getBytes(StandardCharsets.US_ASCII));
    byte[] out = new byte[SIZE];
    int size = deflater.deflate(out, 0, SIZE, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, size - 4);
  }

  @Benchmark
  public boolean utf8OfAscii() {
    return new Utf8Check().read(ascii, 0, SIZE, 0, 0);
  }

  @Benchmark
  public boolean utf8OfCyrillic() {
    return new Utf8Check().read(cyrillic, 0, SIZE, 0, 0);
  }

  @Benchmark
  public long inflatedLength() {
    InflatedLength length = new InflatedLength(SIZE);
    length.read(message, 0, compressed.length, 0, 0);
    length.end();
    return length.length();
  }

  /** For comparison. */
  @Benchmark
  public int inflatedByZlib() throws DataFormatException {
    inflater.reset();
    inflater.setInput(compressed);
    return inflater.inflate(inflated);
  }
}
