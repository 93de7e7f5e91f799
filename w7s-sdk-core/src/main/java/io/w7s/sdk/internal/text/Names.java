package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules for names that are accepted or refused, never bent: one place for the manifest and for
 * the refs of the clients. Each method returns the name as the platform keeps it, or throws an
 * {@link InvalidInputException} with the given field. Rules recorded from the platform, except for
 * subjects, which are those of the events design.
 */
public final class Names {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");
  private static final Pattern ALLOWED =
      Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}(?:/[a-z0-9][a-z0-9._-]{0,99})?");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern JAVASCRIPT_NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");
  private static final Pattern RUN_EVENT = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final int MAX_SUBJECT = 255;
  private static final int MAX_EVENT_ID = 255;
  private static final int MAX_INSTANCE_ID = 40;
  private static final int MAX_FULL_INSTANCE_ID = 100;
  private static final int MAX_QUOTED = 60;

  private static final String NAME_RULE =
      "1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit";
  private static final String SUBJECT_RULE =
      "1 to 255 characters: words of letters, digits, '_' and '-', joined by single dots";

  private Names() {}

  /** Returns a queue's name in lower case, without white space around it. */
  public static String queue(String field, String value) {
    return lowerCaseName(field, value);
  }

  /** Returns a workflow's name in lower case, without white space around it. */
  public static String workflow(String field, String value) {
    return lowerCaseName(field, value);
  }

  /** Returns the path that the platform calls for a queue whose manifest names none. */
  public static String defaultQueuePath(String queue) {
    return "/_w7s/queues/" + queue;
  }

  /** Returns the path that the platform calls for a workflow whose manifest names none. */
  public static String defaultWorkflowPath(String workflow) {
    return "/_w7s/workflows/" + workflow;
  }

  /** Returns a path inside the app, without white space around it. */
  public static String path(String field, String value) {
    String path = trimmed(value);
    if (!path.startsWith("/") || path.startsWith("//")) {
      throw new InvalidInputException(
          field, quoted(value), "a path that starts with one slash, such as /jobs");
    }
    return path;
  }

  /** Returns an event's subject unchanged: subjects are exact and case-sensitive. */
  public static String subject(String field, String value) {
    if (value.indexOf('*') >= 0 || value.indexOf('>') >= 0) {
      throw new InvalidInputException(
          field,
          quoted(value),
          "an exact subject: * and > are no wildcards here, so name each subject on its own and"
              + " subscribe to each of them, on one queue if you like");
    }
    String fault = subjectFault(value);
    if (fault != null) {
      throw new InvalidInputException(field, fault, SUBJECT_RULE);
    }
    return value;
  }

  /** Returns an event's id unchanged. The error does not repeat it. */
  public static String eventId(String field, String value) {
    if (value.isBlank() || value.length() > MAX_EVENT_ID) {
      throw new InvalidInputException(
          field,
          value.isBlank() ? "blank text" : value.length() + " characters",
          "1 to " + MAX_EVENT_ID + " characters, not blank");
    }
    return value;
  }

  /** Returns the name of an event that a run waits for, unchanged. */
  public static String runEvent(String field, String value) {
    if (!RUN_EVENT.matcher(value).matches()) {
      throw new InvalidInputException(
          field, quoted(value), "1 to 100 letters, digits, '.', '_' and '-'");
    }
    return value;
  }

  /** Returns the id of such an event unchanged. The error does not repeat it. */
  public static String runEventId(String field, String value) {
    eventId(field, value);
    if (!isStorable(value)) {
      throw new InvalidInputException(
          field, "text that cannot be stored", "without control characters and lone surrogates");
    }
    return value;
  }

  /**
   * Returns whether the platform keeps a workflow instance id as it is: 1 to 40 letters, digits and
   * single hyphens between them.
   */
  public static boolean isInstanceId(String id) {
    boolean afterHyphen = true;
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (!isLetterOrDigit(c) && (c != '-' || afterHyphen)) {
        return false;
      }
      afterHyphen = c == '-';
    }
    return !afterHyphen && id.length() <= MAX_INSTANCE_ID;
  }

  /** Returns the full id of a workflow instance, as the platform made it. */
  public static String fullInstanceId(String field, String id) {
    if (id.isBlank() || id.indexOf('/') >= 0 || id.length() > MAX_FULL_INSTANCE_ID) {
      throw new InvalidInputException(
          field, quoted(id), "the full id that the start returned, at most 100 characters");
    }
    return id;
  }

  /**
   * Returns the full id of a workflow instance whose status the platform can find: it looks for the
   * id with single hyphens.
   */
  public static String askableInstanceId(String field, String id) {
    if (id.contains("--")) {
      throw new InvalidInputException(
          field,
          quoted(id),
          "an id with single hyphens: the platform finds no other; give the app or the workflow a"
              + " name that neither ends with '-', '.' or '_' nor has two of them in a row");
    }
    return id;
  }

  /** Returns an entry of an allow list, {@code owner} or {@code owner/repo}, in lower case. */
  public static String allowed(String field, String value) {
    String name = trimmed(value).toLowerCase(Locale.ROOT);
    if (!ALLOWED.matcher(name).matches()) {
      throw new InvalidInputException(
          field, quoted(value), "an owner such as acme, or an app such as acme/worker");
    }
    return name;
  }

  /** Returns the name of a variable or secret, unchanged. The error does not repeat it. */
  public static String variable(String field, String value) {
    if (!VARIABLE.matcher(value).matches()) {
      // Somebody may have written the secret itself where its name belongs.
      throw new InvalidInputException(
          field,
          value.isEmpty() ? "empty text" : "text that is not a name",
          "the name alone: letters, digits and '_', the first not a digit");
    }
    return value;
  }

  /** Returns the name of a binding or of a JavaScript class, unchanged. */
  public static String javaScript(String field, String value) {
    if (!JAVASCRIPT_NAME.matcher(value).matches()) {
      throw new InvalidInputException(
          field, quoted(value), "a name of letters, digits, '_' and '$', the first not a digit");
    }
    return value;
  }

  /** Returns text without the white space around it, by JavaScript's idea of white space. */
  public static String trimmed(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  /** Returns whether a character is white space by JavaScript's rules, no-break spaces included. */
  public static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || Character.isSpaceChar(c) || c == '\uFEFF';
  }

  /** Returns text in quotes for an error message: one line, at most 60 characters of it. */
  public static String quoted(String text) {
    if (text.isEmpty()) {
      return "empty text";
    }
    var out = new StringBuilder("\"");
    text.codePoints()
        .limit(MAX_QUOTED)
        .map(c -> SafeText.isPrintable(c) ? c : ' ')
        .forEach(out::appendCodePoint);
    return out.append(text.codePointCount(0, text.length()) > MAX_QUOTED ? "…\"" : "\"").toString();
  }

  /**
   * Returns whether stores give a text back as it was, and find it again: it has no control
   * characters and no unpaired surrogates. Databases refuse the former, and turn all of the latter
   * into the same question mark.
   */
  public static boolean isStorable(String text) {
    return text.codePoints()
        .noneMatch(
            c ->
                Character.isISOControl(c)
                    || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }

  static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static String lowerCaseName(String field, String value) {
    String name = trimmed(value).toLowerCase(Locale.ROOT);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidInputException(field, quoted(value), NAME_RULE);
    }
    return name;
  }

  /** What is wrong with a subject; null when nothing is. */
  // By hand, because a regular expression for repeated groups recurses for each word.
  private static @Nullable String subjectFault(String value) {
    if (value.length() > MAX_SUBJECT) {
      return value.length() + " characters";
    }
    boolean wordStarted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '.') {
        if (!wordStarted) {
          return quoted(value) + ", which has an empty word";
        }
        wordStarted = false;
      } else if (isLetterOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-') {
        wordStarted = true;
      } else {
        return quoted(value) + ", which has another character at " + (i + 1);
      }
    }
    if (wordStarted) {
      return null;
    }
    return value.isEmpty() ? quoted(value) : quoted(value) + ", which has an empty word";
  }
}
