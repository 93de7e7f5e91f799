package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A route's path with variables, {@code /orders/{orderId}}: expanded by the caller, matched by the
 * app. The segments that are not variables are percent-encoded already.
 */
public final class PathTemplate {

  private static final Pattern LITERAL =
      Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*");

  private final String text;
  private final List<String> segments;
  private final Set<String> variables;

  private PathTemplate(String text, List<String> segments, Set<String> variables) {
    this.text = text;
    this.segments = segments;
    this.variables = variables;
  }

  /** Reads a path, percent-encoded but for its variables. */
  public static PathTemplate parse(String text) {
    Names.path("RPC path", text);
    List<String> segments = List.of(text.split("/", -1));
    var variables = new LinkedHashSet<String>();
    for (String segment : segments) {
      if (!isVariable(segment)) {
        checkLiteral(segment);
      } else if (!variables.add(nameOf(segment))) {
        throw new InvalidInputException(
            "RPC path", "the variable " + segment + " twice", "a path with each variable once");
      }
    }
    return new PathTemplate(text, segments, variables);
  }

  private static void checkLiteral(String segment) {
    if (!LITERAL.matcher(segment).matches() || segment.equals(".") || segment.equals("..")) {
      throw new InvalidInputException(
          "RPC path",
          "the segment " + Names.quoted(segment),
          "percent-encoded segments, none of them . or .., and variables such as {id}");
    }
  }

  /**
   * Puts values in the places of the variables of a path that is known to be one; see {@link
   * #expand(Map)}.
   */
  public static String expand(String path, Map<String, String> values) {
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
   * @throws InvalidInputException when one is missing, is not in the path, or is not one segment
   */
  public String expand(Map<String, String> values) {
    if (!variables.equals(values.keySet())) {
      throw new InvalidInputException(
          "path variables", values.keySet().toString(), variables + ", as " + text + " has them");
    }
    if (isLiteral()) {
      return text;
    }
    var path = new ArrayList<String>(segments.size());
    for (String segment : segments) {
      path.add(isVariable(segment) ? encoded(nameOf(segment), values) : segment);
    }
    return String.join("/", path);
  }

  /**
   * Returns the decoded values of the variables where a path has this shape; null where it has not.
   */
  public @Nullable Map<String, String> match(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length != segments.size()) {
      return null;
    }
    var values = new LinkedHashMap<String, String>();
    for (int i = 0; i < parts.length; i++) {
      String segment = segments.get(i);
      if (!isVariable(segment)) {
        if (!segment.equals(parts[i])) {
          return null;
        }
      } else if (parts[i].isEmpty()) {
        return null;
      } else {
        values.put(nameOf(segment), PercentEncoding.decode("path", parts[i]));
      }
    }
    return values;
  }

  /** Returns whether there is a path that both templates match. */
  public boolean overlaps(PathTemplate other) {
    if (segments.size() != other.segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String mine = segments.get(i);
      String theirs = other.segments.get(i);
      if (!isVariable(mine) && !isVariable(theirs) && !mine.equals(theirs)) {
        return false;
      }
    }
    return true;
  }

  private static String encoded(String variable, Map<String, String> values) {
    String value = values.getOrDefault(variable, "");
    // the platform decodes segments: an encoded slash would arrive as two segments, dots would be
    // resolved on the way
    if (value.isEmpty() || value.indexOf('/') >= 0 || value.equals(".") || value.equals("..")) {
      throw new InvalidInputException(
          "path variable " + variable,
          value.isEmpty() ? "empty text" : "text that is not one segment",
          "one path segment: not empty, without a slash, neither . nor ..");
    }
    return PercentEncoding.component(value);
  }

  private static boolean isVariable(String segment) {
    return segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
  }

  private static String nameOf(String segment) {
    return segment.substring(1, segment.length() - 1);
  }

  /** Returns the path as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
