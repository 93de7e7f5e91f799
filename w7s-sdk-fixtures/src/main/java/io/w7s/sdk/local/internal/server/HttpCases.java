package io.w7s.sdk.local.internal.server;

import java.util.stream.Stream;

/** Requests that every server of this machine refuses, and others that look like them. */
public final class HttpCases {

  private static final String HOST = "host: 127.0.0.1\r\n";
  private static final String POST = "POST /x HTTP/1.1\r\n" + HOST;
  private static final String CHUNKED = POST + "transfer-encoding: chunked\r\n\r\n";

  private HttpCases() {}

  /** Returns name, request and status of what RFC 9112 calls invalid. */
  public static Stream<Object[]> invalid() {
    return Stream.of(
        // request line
        arguments("no request line", "GARBAGE\r\n\r\n", 400),
        arguments("HTTP/0.9", "GET /x\r\n\r\n", 400),
        arguments("two spaces", "GET  /x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("tab as space", "GET\t/x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("space before line", " GET /x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("space after line", "GET /x HTTP/1.1 \r\n" + HOST + "\r\n", 400),
        arguments("space in target", "GET /x y HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("control in target", "GET /\u0001 HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("NUL in target", "GET /\u0000 HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("no ASCII in target", "GET /ü HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("fragment", "GET /x#y HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("no path", "GET x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("other scheme", "GET mailto:x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("asterisk", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("authority", "CONNECT 127.0.0.1:80 HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("method no token", "G(T /x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        arguments("long method", "G".repeat(40) + " /x HTTP/1.1\r\n" + HOST + "\r\n", 501),
        arguments(
            "long target", "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n", 414),
        arguments("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n", 400),
        arguments(
            "many empty lines", "\r\n".repeat(10) + "GET /x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        // version
        arguments("version 1", "GET /x HTTP/1\r\n" + HOST + "\r\n", 400),
        arguments("version 1.1.1", "GET /x HTTP/1.1.1\r\n" + HOST + "\r\n", 400),
        arguments("version 1.10", "GET /x HTTP/1.10\r\n" + HOST + "\r\n", 400),
        arguments("version +1.1", "GET /x HTTP/+1.1\r\n" + HOST + "\r\n", 400),
        arguments("lower-case http", "GET /x http/1.1\r\n" + HOST + "\r\n", 400),
        arguments("version 2.0", "GET /x HTTP/2.0\r\n" + HOST + "\r\n", 505),
        arguments("version 0.9", "GET /x HTTP/0.9\r\n" + HOST + "\r\n", 505),
        // header lines
        arguments("space before colon", POST + "a : 1\r\n\r\n", 400),
        arguments("tab before colon", POST + "a\t: 1\r\n\r\n", 400),
        arguments("no colon", POST + "a\r\n\r\n", 400),
        arguments("no name", POST + ": 1\r\n\r\n", 400),
        arguments("space in name", POST + "a b: 1\r\n\r\n", 400),
        arguments("no ASCII in name", POST + "ä: 1\r\n\r\n", 400),
        arguments("folded line", POST + "a: 1\r\n 2\r\n\r\n", 400),
        arguments("line folded by a tab", POST + "a: 1\r\n\t2\r\n\r\n", 400),
        arguments("first line folded", "POST /x HTTP/1.1\r\n " + HOST + "\r\n", 400),
        arguments("NUL in value", POST + "a: \u0000\r\n\r\n", 400),
        arguments("control in value", POST + "a: \u0007\r\n\r\n", 400),
        arguments("CR in value", POST + "a: 1\r2\r\n\r\n", 400),
        arguments("LF after request line", "GET /x HTTP/1.1\n" + HOST + "\r\n", 400),
        arguments("LF after header", POST + "a: 1\n\r\n", 400),
        arguments("LF after head", POST + "\n", 400),
        arguments("CR after header", POST + "a: 1\r\r\n", 400),
        arguments("200 headers more", POST + "a: 1\r\n".repeat(200) + "\r\n", 431),
        arguments("large header", POST + "a: " + "x".repeat(70_000) + "\r\n\r\n", 431),
        arguments(
            "large head", POST + ("a: " + "x".repeat(7_000) + "\r\n").repeat(10) + "\r\n", 431),
        // host
        arguments("no host", "GET /x HTTP/1.1\r\n\r\n", 400),
        arguments("two hosts", "GET /x HTTP/1.1\r\n" + HOST + HOST + "\r\n", 400),
        arguments("two hosts in 1.0", "GET /x HTTP/1.0\r\n" + HOST + HOST + "\r\n", 400),
        arguments("empty host", "GET /x HTTP/1.1\r\nhost:\r\n\r\n", 400),
        arguments("host list", "GET /x HTTP/1.1\r\nhost: localhost, localhost\r\n\r\n", 400),
        arguments("host with user", "GET /x HTTP/1.1\r\nhost: a@localhost\r\n\r\n", 400),
        arguments("host with path", "GET /x HTTP/1.1\r\nhost: localhost/\r\n\r\n", 400),
        arguments("host with bad port", "GET /x HTTP/1.1\r\nhost: localhost:8a\r\n\r\n", 400),
        arguments("open bracket", "GET /x HTTP/1.1\r\nhost: [::1\r\n\r\n", 400),
        arguments("user in target", "GET http://a@localhost/x HTTP/1.1\r\n" + HOST + "\r\n", 400),
        // length of the body
        arguments("length +7", POST + "content-length: +7\r\n\r\n1234567", 400),
        arguments("length -7", POST + "content-length: -7\r\n\r\n1234567", 400),
        arguments("length 0x7", POST + "content-length: 0x7\r\n\r\n1234567", 400),
        arguments("length 7.0", POST + "content-length: 7.0\r\n\r\n1234567", 400),
        arguments("length 7 7", POST + "content-length: 7 7\r\n\r\n1234567", 400),
        arguments("length abc", POST + "content-length: abc\r\n\r\n", 400),
        arguments("length empty", POST + "content-length:\r\n\r\n", 400),
        arguments("length in other digits", POST + "content-length: ٧\r\n\r\n1234567", 400),
        arguments(
            "lengths differ", POST + "content-length: 7\r\ncontent-length: 8\r\n\r\n1234567", 400),
        arguments(
            "length twice", POST + "content-length: 7\r\ncontent-length: 7\r\n\r\n1234567", 400),
        arguments("length list", POST + "content-length: 7, 7\r\n\r\n1234567", 400),
        arguments("length too large", POST + "content-length: 99999999999999999999\r\n\r\n", 413),
        arguments(
            "length and chunks",
            POST + "content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        arguments(
            "chunks and length",
            POST + "transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n",
            400),
        arguments("body breaks off", POST + "content-length: 100\r\n\r\nshort", 400),
        // transfer codings
        arguments(
            "chunked not last", POST + "transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
        arguments(
            "chunked twice", POST + "transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
        arguments(
            "chunked in two headers",
            POST + "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        arguments("not chunked", POST + "transfer-encoding: identity\r\n\r\n", 400),
        arguments("xchunked", POST + "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        arguments("quoted chunked", POST + "transfer-encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400),
        arguments("empty coding", POST + "transfer-encoding:\r\n\r\n", 400),
        arguments(
            "another coding", POST + "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        arguments(
            "chunks in 1.0",
            "POST /x HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        // chunks
        arguments("chunk size +7", CHUNKED + "+7\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size -7", CHUNKED + "-7\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size 0x7", CHUNKED + "0x7\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size 7 and space", CHUNKED + "7 \r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size after space", CHUNKED + " 7\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size zz", CHUNKED + "zz\r\n", 400),
        arguments("chunk size empty", CHUNKED + "\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunk size too large", CHUNKED + "fffffffffffffffff\r\n", 400),
        arguments("chunk size with LF", CHUNKED + "7\n1234567\r\n0\r\n\r\n", 400),
        arguments("LF after chunk", CHUNKED + "7\r\n1234567\n0\r\n\r\n", 400),
        arguments("LF after last chunk", CHUNKED + "0\r\n\n", 400),
        arguments("chunk too long", CHUNKED + "5\r\n1234567\r\n0\r\n\r\n", 400),
        arguments("chunks break off", CHUNKED + "7\r\n123", 400),
        arguments("no last chunk", CHUNKED + "7\r\n1234567\r\n", 400),
        arguments(
            "long extension",
            CHUNKED + "7;" + "x".repeat(20_000) + "\r\n1234567\r\n0\r\n\r\n",
            400),
        arguments(
            "many extensions",
            CHUNKED + ("1;" + "x".repeat(900) + "\r\n1\r\n").repeat(40) + "0\r\n\r\n",
            400),
        arguments("trailer without colon", CHUNKED + "0\r\ntrailer\r\n\r\n", 400),
        arguments("trailer with space", CHUNKED + "0\r\na : 1\r\n\r\n", 400),
        arguments("folded trailer", CHUNKED + "0\r\na: 1\r\n 2\r\n\r\n", 400),
        arguments("many trailers", CHUNKED + "0\r\n" + "a: 1\r\n".repeat(5_000) + "\r\n", 400),
        // expectations
        arguments(
            "another expectation", POST + "expect: 200-ok\r\ncontent-length: 2\r\n\r\n{}", 417));
  }

  /** Returns name and request of what is valid though it looks odd. */
  public static Stream<Object[]> valid() {
    return Stream.of(
        arguments("version 1.0 without host", "GET /x HTTP/1.0\r\n\r\n"),
        arguments("version 1.2", "GET /x HTTP/1.2\r\n" + HOST + "\r\n"),
        arguments("an empty line before", "\r\nGET /x HTTP/1.1\r\n" + HOST + "\r\n"),
        arguments("no space after colon", "GET /x HTTP/1.1\r\nhost:127.0.0.1\r\n\r\n"),
        arguments("tab after colon", "GET /x HTTP/1.1\r\nhost:\t127.0.0.1 \r\n\r\n"),
        arguments("empty value", "GET /x HTTP/1.1\r\n" + HOST + "a:\r\n\r\n"),
        arguments("bytes above ASCII", "GET /x HTTP/1.1\r\n" + HOST + "a: ü\r\n\r\n"),
        arguments("absolute target", "GET http://127.0.0.1/x HTTP/1.1\r\n" + HOST + "\r\n"),
        arguments(
            "absolute target without path", "GET http://localhost HTTP/1.1\r\n" + HOST + "\r\n"),
        arguments("leading zeros", POST + "content-length: 007\r\n\r\n1234567"),
        arguments("Chunked", POST + "transfer-encoding: Chunked\r\n\r\n7\r\n1234567\r\n0\r\n\r\n"),
        arguments("extension", CHUNKED + "7;a=b\r\n1234567\r\n0\r\n\r\n"),
        arguments("space before extension", CHUNKED + "7 ;a\r\n1234567\r\n0\r\n\r\n"),
        arguments("many chunks", CHUNKED + "1\r\nx\r\n".repeat(20_000) + "0\r\n\r\n"),
        arguments("trailers", CHUNKED + "7\r\n1234567\r\n0\r\na: 1\r\nb: 2\r\n\r\n"));
  }

  /** Returns name and headers of what comes from this machine. */
  public static Stream<Object[]> own() {
    return Stream.of(
        arguments("address", "host: 127.0.0.1"),
        arguments("address and port", "host: 127.0.0.1:8792"),
        arguments("another loopback address", "host: 127.1.2.3:8792"),
        arguments("localhost", "host: localhost"),
        arguments("LOCALHOST.", "host: LOCALHOST.:80"),
        arguments("below localhost", "host: shop.localhost:3000"),
        arguments("IPv6", "host: [::1]:8792"),
        arguments("long IPv6", "host: [0:0:0:0:0:0:0:1]"),
        arguments("IPv4 in IPv6", "host: [::ffff:127.0.0.1]"),
        arguments("w7s-local", "host: acme.local.w7s.cloud:8792"),
        arguments("origin", "host: 127.0.0.1\r\norigin: http://localhost:3000"),
        arguments("https origin", "host: 127.0.0.1\r\norigin: https://acme.local.w7s.cloud"),
        arguments("IPv6 origin", "host: 127.0.0.1\r\norigin: http://[::1]:3000"),
        arguments(
            "own cross-site",
            "host: 127.0.0.1\r\norigin: http://localhost\r\nsec-fetch-site: cross-site"),
        arguments("same origin", "host: 127.0.0.1\r\nsec-fetch-site: same-origin"),
        arguments("same site", "host: 127.0.0.1\r\nsec-fetch-site: same-site"),
        arguments("typed by hand", "host: 127.0.0.1\r\nsec-fetch-site: none"));
  }

  /** Returns name, target and headers of what comes from a web page of another site. */
  public static Stream<Object[]> foreign() {
    return Stream.of(
        arguments("host", "/x", "host: evil.example"),
        arguments("host and port", "/x", "host: evil.example:8792"),
        arguments("host that begins well", "/x", "host: 127.0.0.1.evil.example"),
        arguments("host that ends well", "/x", "host: evillocalhost"),
        arguments("host that ends with the domain", "/x", "host: evillocal.w7s.cloud"),
        arguments("the domain itself", "/x", "host: local.w7s.cloud"),
        arguments("host above the domain", "/x", "host: acme.local.w7s.cloud.evil.example"),
        arguments("any address", "/x", "host: 0.0.0.0"),
        arguments("another address", "/x", "host: 192.168.0.1"),
        arguments("no octet", "/x", "host: 127.0.0.256"),
        arguments("short address", "/x", "host: 127.1"),
        arguments("address as a number", "/x", "host: 2130706433"),
        arguments("octal address", "/x", "host: 0177.0.0.1"),
        arguments("another IPv6", "/x", "host: [::2]"),
        arguments("any IPv6", "/x", "host: [::]:80"),
        arguments("no IPv6", "/x", "host: [:::1]"),
        arguments("target", "http://evil.example/x", "host: 127.0.0.1"),
        arguments("host beside an own target", "http://127.0.0.1/x", "host: evil.example"),
        arguments("origin", "/x", "host: 127.0.0.1\r\norigin: https://evil.example"),
        arguments(
            "origin of the foreign host",
            "/x",
            "host: evil.example\r\norigin: http://evil.example"),
        arguments("null", "/x", "host: 127.0.0.1\r\norigin: null"),
        arguments("empty origin", "/x", "host: 127.0.0.1\r\norigin:"),
        arguments("origin without scheme", "/x", "host: 127.0.0.1\r\norigin: 127.0.0.1"),
        arguments(
            "origin of another scheme",
            "/x",
            "host: 127.0.0.1\r\norigin: chrome-extension://localhost"),
        arguments(
            "origin with user", "/x", "host: 127.0.0.1\r\norigin: http://127.0.0.1@evil.example"),
        arguments(
            "origin with path", "/x", "host: 127.0.0.1\r\norigin: http://127.0.0.1/evil.example"),
        arguments(
            "two origins",
            "/x",
            "host: 127.0.0.1\r\norigin: http://localhost\r\norigin: http://evil.example"),
        arguments(
            "origin list", "/x", "host: 127.0.0.1\r\norigin: http://localhost http://evil.example"),
        arguments("cross-site", "/x", "host: 127.0.0.1\r\nsec-fetch-site: cross-site"),
        arguments(
            "foreign and same-origin",
            "/x",
            "host: 127.0.0.1\r\norigin: http://evil.example\r\nsec-fetch-site: same-origin"));
  }

  private static Object[] arguments(Object... each) {
    return each;
  }
}
