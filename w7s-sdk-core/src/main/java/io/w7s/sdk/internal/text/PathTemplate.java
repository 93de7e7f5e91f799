package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The path of a route with variables, {@code /orders/{orderId}}: the caller expands it, the app
 * matches it. Its other segments are percent-encoded.
 *
 * <p>The platform decodes each segment of a path once, and the target decodes it again. Nothing may
 * be in a segment that would arrive as something else: an escaped slash would become two segments,
 * {@code %41} an {@code A}.
 */
public final class PathTemplate {

  private static final String FIELD = "RPC path";
  private static final String UNESCAPED = "-._~!$&'()*+,;=:@";

  private final String text;
  private final List<Segment> segments;
  private final Set<String> variables;

  private PathTemplate(String text, List<Segment> segments, Set<String> variables) {
    this.text = text;
    this.segments = segments;
    this.variables = variables;
  }

  /**
   * One segment.
   *
   * @param text the segment as it is written
   * @param decoded the name of the variable, or the segment decoded
   * @param isVariable whether it is a variable
   */
  private record Segment(String text, String decoded, boolean isVariable) {

    static Segment parse(String text) {
      boolean isVariable = text.length() > 2 && text.startsWith("{") && text.endsWith("}");
      return isVariable
          ? new Segment(text, text.substring(1, text.length() - 1), true)
          : new Segment(text, decodedLiteral(text), false);
    }

    boolean matches(String part) {
      if (isVariable) {
        return !part.isEmpty();
      }
      return part.equals(text) || decoded.equals(decodedOrNull(part));
    }
  }

  /** Parses a path, percent-encoded except for its variables. */
  public static PathTemplate parse(String text) {
    Names.path(FIELD, text);
    String[] parts = text.split("/", -1);
    var segments = new ArrayList<Segment>(parts.length);
    var variables = new LinkedHashSet<String>();
    for (String part : parts) {
      Segment segment = Segment.parse(part);
      if (segment.isVariable() && !variables.add(segment.decoded())) {
        throw new InvalidInputException(
            FIELD,
            "the variable " + Names.quoted(segment.text()) + " twice",
            "a path with each variable once");
      }
      segments.add(segment);
    }
    return new PathTemplate(text, List.copyOf(segments), variables);
  }

  /** Returns a literal segment decoded. Without a regular expression, which could recurse. */
  private static String decodedLiteral(String segment) {
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && c != '%' && UNESCAPED.indexOf(c) < 0) {
        throw notLiteral(segment);
      }
    }
    String decoded = decodedOrNull(segment);
    if (decoded == null || (!decoded.isEmpty() && fault(decoded) != null)) {
      throw notLiteral(segment);
    }
    return decoded;
  }

  private static InvalidInputException notLiteral(String segment) {
    return new InvalidInputException(
        FIELD,
        "the segment " + Names.quoted(segment),
        "percent-encoded segments and variables such as {id}; no segment may be . or .. or hold an"
            + " escaped slash, backslash, percent sign or control character");
  }

  private static @Nullable String decodedOrNull(String segment) {
    try {
      return PercentEncoding.decode(FIELD, segment);
    } catch (InvalidInputException broken) {
      return null;
    }
  }

  /**
   * Puts values in the places of the variables of a valid path, for a call; see {@link
   * #expand(Map)}.
   *
   * @throws InvalidInputException also when the path holds two slashes in a row
   */
  public static String expand(String path, Map<String, String> values) {
    if (path.contains("//")) {
      throw new InvalidInputException(
          FIELD, Names.quoted(path), "a path without //, of which the platform makes a single /");
    }
    boolean certainlyLiteral = path.indexOf('{') < 0;
    return certainlyLiteral && values.isEmpty() ? path : parse(path).expand(values);
  }

  /** Returns whether the path has no variables. */
  public boolean isLiteral() {
    return variables.isEmpty();
  }

  /**
   * Puts values in the places of the variables.
   *
   * @throws InvalidInputException when a value is missing, belongs to no variable, or would not
   *     arrive as it is
   */
  public String expand(Map<String, String> values) {
    if (!variables.equals(values.keySet())) {
      throw new InvalidInputException(
          "path variables",
          values.keySet().toString(),
          variables + ", as in " + Names.quoted(text));
    }
    if (isLiteral()) {
      return text;
    }
    var path = new StringBuilder(text.length() + 16);
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      path.append(i == 0 ? "" : "/");
      path.append(segment.isVariable() ? encoded(segment.decoded(), values) : segment.text());
    }
    return path.toString();
  }

  private static String encoded(String variable, Map<String, String> values) {
    String value = values.getOrDefault(variable, "");
    String fault = fault(value);
    if (fault != null) {
      throw new InvalidInputException(
          "path variable " + variable,
          fault,
          "one path segment that arrives as it is: not empty, neither . nor .., without slash,"
              + " backslash, percent sign and control characters; send any other text in the query"
              + " or the body");
    }
    return PercentEncoding.component(value);
  }

  /** Returns why a decoded segment would not arrive as it is; null when it does. */
  private static @Nullable String fault(String segment) {
    if (segment.isEmpty()) {
      return "empty text";
    }
    if (segment.equals(".") || segment.equals("..")) {
      return "text that a URL resolves";
    }
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '/' || c == '\\' || c == '%') {
        return "text with " + c;
      }
      if (Character.isISOControl(c)) {
        return "text with a control character";
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            i + 1 < segment.length() && Character.isSurrogatePair(c, segment.charAt(i + 1));
        if (!pair) {
          return "text that is not valid Unicode";
        }
        i++;
      }
    }
    return null;
  }

  /**
   * Returns the decoded values of the variables when a path matches this template; null when it
   * does not.
   */
  public @Nullable Map<String, String> match(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length != segments.size()) {
      return null;
    }
    var values = new LinkedHashMap<String, String>();
    for (int i = 0; i < parts.length; i++) {
      Segment segment = segments.get(i);
      if (!segment.matches(parts[i])) {
        return null;
      }
      if (segment.isVariable()) {
        values.put(segment.decoded(), PercentEncoding.decode("path", parts[i]));
      }
    }
    return values;
  }

  /**
   * Returns a path decoded, by which a literal one is found however its segments are escaped; null
   * when no literal path is the same, because an escape is broken or stands for a slash.
   */
  public static @Nullable String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    String[] parts = path.split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = decodedOrNull(parts[i]);
      if (part == null || part.indexOf('/') >= 0) {
        return null;
      }
      parts[i] = part;
    }
    return String.join("/", parts);
  }

  /** Returns whether there is a path that both templates match. */
  public boolean overlaps(PathTemplate other) {
    if (segments.size() != other.segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      Segment mine = segments.get(i);
      Segment theirs = other.segments.get(i);
      boolean bothLiteral = !mine.isVariable() && !theirs.isVariable();
      if (bothLiteral && !mine.decoded().equals(theirs.decoded())) {
        return false;
      }
    }
    return true;
  }

  /** Returns the path as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
