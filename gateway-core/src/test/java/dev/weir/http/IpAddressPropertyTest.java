package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Addresses against those of the JDK, as bytes and as numbers; literals only, nothing is looked up.
 */
class IpAddressPropertyTest {

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\\.(?!$)|$)){4}");

  @Provide
  Arbitrary<byte[]> addresses() {
    Arbitrary<Byte> bytes =
        Arbitraries.oneOf(
            Arbitraries.of((byte) 0, (byte) 0, (byte) 0, (byte) -1, (byte) 1), Arbitraries.bytes());
    Arbitrary<byte[]> mapped =
        bytes
            .array(byte[].class)
            .ofSize(4)
            .map(
                ipv4 -> {
                  byte[] ipv6 = new byte[16];
                  ipv6[10] = -1;
                  ipv6[11] = -1;
                  System.arraycopy(ipv4, 0, ipv6, 12, 4);
                  return ipv6;
                });
    return Arbitraries.oneOf(
        bytes.array(byte[].class).ofSize(4), bytes.array(byte[].class).ofSize(16), mapped);
  }

  private static InetAddress jdk(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static IpAddress ours(byte[] bytes) {
    return IpAddress.of(jdk(bytes));
  }

  @Property(tries = 3000)
  void readsWhatTheJdkWrites(@ForAll("addresses") byte[] bytes) {
    assertThat(IpAddress.parse(jdk(bytes).getHostAddress())).isEqualTo(ours(bytes));
  }

  @Property(tries = 3000)
  void writesWhatTheJdkReads(@ForAll("addresses") byte[] bytes) throws UnknownHostException {
    assertThat(InetAddress.getByName(ours(bytes).toString())).isEqualTo(jdk(bytes));
  }

  @Property(tries = 3000)
  void writesAsRfc5952Wants(@ForAll("addresses") byte[] bytes) {
    IpAddress address = ours(bytes);

    assertThat(address).hasToString(address.isIpv4() ? jdk(bytes).getHostAddress() : model(bytes));
    assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
  }

  /** All groups, then the first of the longest runs of zeros cut out. */
  private static String model(byte[] bytes) {
    String[] groups =
        IntStream.range(0, 8)
            .mapToObj(i -> Integer.toHexString((bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255))
            .toArray(String[]::new);
    for (int length = 8; length >= 2; length--) {
      for (int start = 0; start + length <= 8; start++) {
        if (Arrays.stream(groups, start, start + length).allMatch("0"::equals)) {
          return String.join(":", Arrays.copyOfRange(groups, 0, start))
              + "::"
              + String.join(":", Arrays.copyOfRange(groups, start + length, 8));
        }
      }
    }
    return String.join(":", groups);
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void readsEverySpellingOfIpv6(
      @ForAll @Size(16) byte[] bytes,
      @ForAll @IntRange(min = 1, max = 4) int digits,
      @ForAll @IntRange(max = 7) int gapStart,
      @ForAll @IntRange(max = 8) int gapLength,
      @ForAll boolean isUpperCase,
      @ForAll boolean isIpv4AtTheEnd) {
    int gapEnd = Math.min(8, gapStart + gapLength);
    Arrays.fill(bytes, 2 * gapStart, 2 * gapEnd, (byte) 0);
    boolean hasIpv4 = isIpv4AtTheEnd && gapEnd <= 6;
    String end =
        hasIpv4
            ? IntStream.range(12, 16)
                .mapToObj(i -> "" + (bytes[i] & 255))
                .collect(Collectors.joining("."))
            : groups(bytes, gapEnd, 8, digits);
    String middle = hasIpv4 ? groups(bytes, gapEnd, 6, digits) : "";
    String start = groups(bytes, 0, gapStart, digits);
    String gap = gapEnd > gapStart ? "::" : start.isEmpty() ? "" : ":";
    String text = start + gap + middle + (middle.isEmpty() ? "" : ":") + end;

    assertThat(IpAddress.parse(isUpperCase ? text.toUpperCase(Locale.ROOT) : text))
        .as(text)
        .isEqualTo(ours(bytes));
  }

  private static String groups(byte[] bytes, int from, int to, int digits) {
    return IntStream.range(from, to)
        .map(i -> (bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255)
        .mapToObj(group -> String.format(Locale.ROOT, "%0" + digits + "x", group))
        .collect(Collectors.joining(":"));
  }

  @Provide
  Arbitrary<String> nearlyIpv4() {
    Arbitrary<String> numbers =
        Arbitraries.of(
            "0", "1", "9", "10", "199", "249", "255", "256", "300", "01", "001", "", "a");
    return Combinators.combine(
            numbers.list().ofMinSize(3).ofMaxSize(5), Arbitraries.of("", "", "", ".", " ", "x"))
        .as((list, tail) -> String.join(".", list) + tail);
  }

  @Property(tries = 3000)
  void readsIpv4AsItsGrammarSays(@ForAll("nearlyIpv4") String text) {
    assertThat(IpAddress.parse(text) != null).as(text).isEqualTo(IPV4.matcher(text).matches());
  }

  @Provide
  Arbitrary<String> nearlyIpv6() {
    return Arbitraries.of("0", "1", "ab", "FFFF", "00ff", "", "", "1.2.3.4", "12345", "g")
        .list()
        .ofMinSize(2)
        .ofMaxSize(10)
        .map(list -> String.join(":", list));
  }

  @Property(tries = 5000)
  void readsIpv6WhereTheJdkDoes(@ForAll("nearlyIpv6") String text) {
    IpAddress expected;
    try {
      // The brackets say that it is no name, so that none is looked up.
      expected = IpAddress.of(InetAddress.getByName("[" + text + "]"));
    } catch (UnknownHostException noAddress) {
      expected = null;
    }

    assertThat(IpAddress.parse(text)).as(text).isEqualTo(expected);
  }

  @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
  void comparesPrefixesAsNumbers(
      @ForAll("addresses") byte[] one,
      @ForAll("addresses") byte[] other,
      @ForAll @IntRange(max = 128) int sharedBits,
      @ForAll @IntRange(max = 128) int prefix) {
    byte[] near = one.length == other.length ? mixed(one, other, sharedBits) : other;
    IpAddress first = ours(one);
    IpAddress second = ours(near);
    int checked = Math.min(prefix, first.bits());

    boolean isShared =
        first.bits() == second.bits()
            && number(first)
                .shiftRight(first.bits() - checked)
                .equals(number(second).shiftRight(first.bits() - checked));

    assertThat(first.hasPrefix(second, checked)).isEqualTo(isShared);
    assertThat(first.equals(second))
        .isEqualTo(first.bits() == second.bits() && number(first).equals(number(second)));
  }

  @Property(tries = 3000)
  void clearsTheBitsBehindThePrefix(
      @ForAll("addresses") byte[] bytes, @ForAll @IntRange(max = 128) int prefix) {
    IpAddress address = ours(bytes);
    int kept = Math.min(prefix, address.bits());
    int cleared = address.bits() - kept;

    IpAddress masked = address.masked(kept);

    assertThat(number(masked)).isEqualTo(number(address).shiftRight(cleared).shiftLeft(cleared));
    assertThat(masked.isIpv4()).isEqualTo(address.isIpv4());
  }

  /** The first bits of one, the rest of the other. */
  private static byte[] mixed(byte[] one, byte[] other, int bits) {
    BigInteger rest =
        BigInteger.ONE.shiftLeft(Math.max(0, one.length * 8 - bits)).subtract(BigInteger.ONE);
    BigInteger mix = new BigInteger(1, one).andNot(rest).or(new BigInteger(1, other).and(rest));
    byte[] result = new byte[one.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = mix.shiftRight(8 * (result.length - 1 - i)).byteValue();
    }
    return result;
  }

  private static BigInteger number(IpAddress address) {
    try {
      return new BigInteger(1, InetAddress.getByName(address.toString()).getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
