package dev.weir.app.config;

import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import dev.weir.websocket.FrameLimits;
import dev.weir.websocket.OriginRule;
import dev.weir.websocket.WebSocketPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a route allows of WebSockets. */
@Doc(
    "Who may open a WebSocket, and what may pass through it. Frames are judged while they stream"
        + " through, none is gathered; a side that breaks a rule of RFC 6455 or a limit is closed"
        + " with 1002, 1007, 1008 or 1009, and the other side is told the same.")
public record WebSocketSettings(
    @Doc("WebSockets that may be open at a time; what exceeds this is answered 503.")
        @Default("10000")
        @Range(min = "1", max = "1000000")
        int maxOpen,
    @Doc("The largest frame of either side; a larger one is refused with 1009 by its header.")
        @Default("16MiB")
        @Range(min = "125", max = WebSocketSettings.LARGEST)
        ByteSize maxFrame,
    @Doc(
            "The largest message of either side, in however many frames: 1009. One that is"
                + " compressed may neither be larger itself nor inflate to more.")
        @Default("16MiB")
        @Range(min = "125", max = WebSocketSettings.LARGEST)
        ByteSize maxMessage,
    @Doc("The most frames that one message may come in: 1008.")
        @Default("100000")
        @Range(min = "1", max = "1000000000")
        int maxFragments,
    @Doc(
            "Messages that a client may send in a second, on average and at once: 1008. 0: any"
                + " number; clients are then held to the upstream's pace alone.")
        @Default("0")
        @Range(min = "0", max = "1000000")
        int messagesPerSecond,
    @Doc("Pings and pongs that a client may send in a second: 1008. 0: any number.")
        @Default("100")
        @Range(min = "0", max = "1000000")
        int controlFramesPerSecond,
    @Doc(
            "Pages that may open a WebSocket, by their origin: `same` for pages of the host that"
                + " they open it to, `any`, or origins like `https://app.example.com` and"
                + " `https://*.example.com`. Others are answered 403; a request without the Origin"
                + " field comes from no browser, and passes.")
        @Default("[same]")
        @Matches(
            regex =
                "same|any|[A-Za-z][A-Za-z0-9+.-]*://(\\*\\.)?"
                    + "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?",
            expected = "same, any, or an origin like https://app.example.com")
        @Size(min = 1, max = 256)
        List<String> origins,
    @Doc(
            "Whether client and upstream may agree on permessage-deflate (RFC 7692): `keep` what"
                + " the client offers, or `refuse` it. Other extensions are never passed on.")
        @Default("keep")
        Compression compression,
    @Doc("Without a byte in either direction for so long, the client is told 1001.")
        @Default("5m")
        @Range(min = "1s", max = "30d")
        Duration idle,
    @Doc("How long a side may take to answer a close frame, before its connection is cut.")
        @Default("5s")
        @Range(min = "10ms", max = "10m")
        Duration closeTimeout) {

  static final String LARGEST = "1024GiB";

  private static final String SAME = "same";
  private static final String ANY = "any";

  /** What becomes of a client's offer to compress messages. */
  public enum Compression {
    KEEP,
    REFUSE
  }

  public WebSocketPolicy policy() {
    FrameLimits fromClient =
        new FrameLimits(
            maxFrame.bytes(),
            maxMessage.bytes(),
            maxFragments,
            messagesPerSecond,
            controlFramesPerSecond);
    return new WebSocketPolicy(
        fromClient,
        fromClient.atAnyRate(),
        maxOpen,
        idle,
        closeTimeout,
        originRule(),
        compression == Compression.KEEP);
  }

  private OriginRule originRule() {
    return new OriginRule(
        origins.contains(ANY),
        origins.contains(SAME),
        origins.stream()
            .filter(origin -> !origin.equals(ANY) && !origin.equals(SAME))
            .map(origin -> origin.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()));
  }
}
