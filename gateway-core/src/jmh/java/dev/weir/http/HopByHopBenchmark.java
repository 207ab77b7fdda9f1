package dev.weir.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to copy the header fields of a browser's request for the next hop. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HopByHopBenchmark {

  private final HttpHeaders browser =
      new DefaultHttpHeaders()
          .add("Host", "shop.example")
          .add("Connection", "keep-alive")
          .add("Cache-Control", "max-age=0")
          .add("Upgrade-Insecure-Requests", "1")
          .add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0")
          .add("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
          .add("Sec-Fetch-Site", "same-origin")
          .add("Sec-Fetch-Mode", "navigate")
          .add("Sec-Fetch-User", "?1")
          .add("Sec-Fetch-Dest", "document")
          .add("Referer", "https://shop.example/orders")
          .add("Accept-Encoding", "gzip, deflate, br, zstd")
          .add("Accept-Language", "en-GB,en;q=0.8,de;q=0.5")
          .add("Cookie", "session=0af7651916cd43dd8448eb211c80319c; theme=dark; seen=1700000000")
          .add("If-None-Match", "\"b7ad6b7169203331\"");

  private final HttpHeaders withOptions =
      browser.copy().set("Connection", "keep-alive, X-Trace, Upgrade").set("X-Trace", "1");

  @Benchmark
  public HttpHeaders browser() {
    return HopByHop.without(browser);
  }

  @Benchmark
  public HttpHeaders withOptions() {
    return HopByHop.without(withOptions);
  }
}
