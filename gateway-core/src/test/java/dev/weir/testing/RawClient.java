package dev.weir.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** A client that sends exactly what a test tells it, and reads answers strictly. */
public final class RawClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final String name;
  private final InputStream in;
  private final OutputStream out;

  public RawClient(int port) {
    this(port, 0);
  }

  /** With a receive buffer of so many bytes, if it is not 0; for clients that are slow to read. */
  public RawClient(int port, int receiveBuffer) {
    this(new Socket(), port, receiveBuffer);
  }

  private RawClient(Socket socket, int port, int receiveBuffer) {
    this.socket = socket;
    this.name = "example.com";
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Over TLS, with the handshake done.
   *
   * @param name that it asks for, and that has to be that of the certificate
   */
  public static RawClient secure(int port, SSLContext context, String name, String... protocols) {
    return secure(port, context, name, name, protocols);
  }

  /**
   * Likewise, asking for another name than the certificate has to have.
   *
   * @param asked for; null for none
   */
  public static RawClient secure(
      int port, SSLContext context, String asked, String name, String[] protocols) {
    try {
      Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
      plain.setSoTimeout(TIMEOUT_MILLIS);
      SSLSocket secure =
          (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setServerNames(asked == null ? List.of() : List.of(new SNIHostName(asked)));
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setApplicationProtocols(protocols);
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return new RawClient(secure, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RawClient(Socket connected, String name) throws IOException {
    this.name = name;
    socket = connected;
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** What TLS was agreed on. */
  public SSLSession session() {
    return ((SSLSocket) socket).getSession();
  }

  /** What was agreed on by ALPN; empty if nothing was. */
  public String protocol() {
    return ((SSLSocket) socket).getApplicationProtocol();
  }

  /** An answer, whole. */
  public record Answer(HttpHead head, byte[] content, List<String> trailers) {

    public int status() {
      return Integer.parseInt(head.firstLine().split(" ", -1)[1]);
    }

    public String field(String name) {
      return head.get(name);
    }

    public String text() {
      return new String(content, StandardCharsets.UTF_8);
    }
  }

  public RawClient send(String text) {
    return send(HttpHead.bytes(text));
  }

  public RawClient send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A request without a body, with these further fields, each ending in CRLF. */
  public RawClient get(String target, String... fields) {
    return request("GET", target, String.join("", fields), "");
  }

  public RawClient request(String method, String target, String fields, String body) {
    String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
    String host =
        fields.toLowerCase(java.util.Locale.ROOT).contains("host:") ? "" : "Host: " + name + "\r\n";
    return send(method + " " + target + " HTTP/1.1\r\n" + host + fields + length + "\r\n" + body);
  }

  /** The next answer to a request of any method but HEAD. */
  public Answer answer() {
    return answer(false);
  }

  /** The next answer, which has no body whatever its fields say. */
  public Answer answerToHead() {
    return answer(true);
  }

  private Answer answer(boolean isToHead) {
    Answer answer = readAnswer(isToHead);
    HttpHead head = answer.head();
    boolean hasContent = !isToHead && answer.status() >= 200 && answer.status() != 304;
    if (hasContent && answer.status() != 204) {
      AnswerHash.check(head.get(AnswerHash.FIELD), head.get("x-request-id"), answer.content());
    }
    return answer;
  }

  private Answer readAnswer(boolean isToHead) {
    try {
      HttpHead head = head();
      int status = Integer.parseInt(head.firstLine().split(" ", -1)[1]);
      if (isToHead || status == 204 || status == 304 || status < 200) {
        return new Answer(head, new byte[0], List.of());
      }
      if (head.get("transfer-encoding") != null) {
        HttpHead.Chunked chunked = HttpHead.Chunked.read(in);
        return new Answer(head, chunked.content(), chunked.trailers());
      }
      String length = head.get("content-length");
      if (length == null) {
        return new Answer(head, in.readAllBytes(), List.of());
      }
      byte[] content = in.readNBytes(Integer.parseInt(length));
      if (content.length < Integer.parseInt(length)) {
        throw new EOFException("inside the body, after " + content.length + " of " + length);
      }
      return new Answer(head, content, List.of());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The next head, be it of a final answer or not. */
  public HttpHead head() {
    try {
      HttpHead head = HttpHead.read(in);
      if (head == null) {
        throw new EOFException("before an answer");
      }
      return head;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public byte[] some(int bytes) {
    try {
      return in.readNBytes(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether the other side has ended the connection, and sent nothing before that; waits for it.
   */
  public boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (SocketException reset) {
      return true;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public void halfClose() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves with a reset. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
