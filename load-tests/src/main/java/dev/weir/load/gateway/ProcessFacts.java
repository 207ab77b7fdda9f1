package dev.weir.load.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Linux and the JDK's own tools say of a process. */
final class ProcessFacts {

  /** "garbage-first heap total 1K, used 2K", or a line for each generation. */
  private static final Pattern USED =
      Pattern.compile("(?:heap|generation)\\s+total \\d+K, used (\\d+)K");

  private ProcessFacts() {}

  /** A number from /proc/pid/status, without its unit. */
  static long status(long pid, String field) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", "" + pid, "status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As above; there it is in KiB. */
  static long statusMib(long pid, String field) {
    return status(pid, field) / 1024;
  }

  static long descriptors(long pid) {
    try (Stream<Path> files = Files.list(Path.of("/proc", "" + pid, "fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is still there after a collection. */
  static long liveHeapMib(long pid) {
    jcmd(pid, "GC.run");
    return USED.matcher(jcmd(pid, "GC.heap_info"))
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum()
        / 1024;
  }

  private static String jcmd(long pid, String command) {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(tool, "" + pid, command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
