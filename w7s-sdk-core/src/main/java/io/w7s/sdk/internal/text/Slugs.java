package io.w7s.sdk.internal.text;

import io.w7s.sdk.error.InvalidInputException;
import java.util.Locale;

/**
 * Turns free text into the platform's lower-case identifiers, by the rules recorded from the
 * platform. A slug bends what it is given ({@code Feature/Login} becomes {@code feature-login});
 * {@link Names} holds the names that are only accepted or refused.
 */
public final class Slugs {

  private static final int MAX_SLUG = 100;
  private static final int MAX_ENVIRONMENT = 63;
  private static final String PRODUCTION = "production";

  private Slugs() {}

  /**
   * Returns the slug of an owner or a repository: every run of other characters is one hyphen, and
   * the slug starts with a letter or digit.
   *
   * @throws InvalidInputException when nothing is left, or more than 100 characters are
   */
  public static String slug(String field, String text) {
    String slug = hyphenated(text, true);
    int start = 0;
    while (start < slug.length() && !Names.isLetterOrDigit(slug.charAt(start))) {
      start++;
    }
    slug = slug.substring(start);
    if (slug.isEmpty() || slug.length() > MAX_SLUG) {
      throw new InvalidInputException(
          field, Names.quoted(text), "1 to 100 letters, digits, '.', '_' or '-'");
    }
    return slug;
  }

  /**
   * Returns the slug of an environment: letters, digits and single hyphens between them, cut to 63
   * characters.
   *
   * @throws InvalidInputException when nothing is left
   */
  public static String environment(String field, String text) {
    String slug = environmentOrEmpty(text);
    if (slug.isEmpty()) {
      throw new InvalidInputException(
          field, Names.quoted(text), "text with at least one letter or digit from a-z and 0-9");
    }
    return slug;
  }

  /**
   * Returns the environment that a branch is deployed to: {@code production} for {@code main},
   * {@code master} and names with no letter or digit, else the branch's own.
   */
  public static String branchEnvironment(String branch) {
    String slug = environmentOrEmpty(branch);
    return slug.isEmpty() || slug.equals("main") || slug.equals("master") ? PRODUCTION : slug;
  }

  private static String environmentOrEmpty(String text) {
    String slug = withoutHyphensAround(hyphenated(text, false));
    return slug.length() <= MAX_ENVIRONMENT
        ? slug
        : withoutHyphensAround(slug.substring(0, MAX_ENVIRONMENT));
  }

  /** Lower case, with each run of hyphens and characters that are not allowed as one hyphen. */
  private static String hyphenated(String text, boolean dotsAndUnderscores) {
    if (isHyphenated(text, dotsAndUnderscores)) {
      return text; // as nearly every name is, and each delivery has some
    }
    String lower = Names.trimmed(text).toLowerCase(Locale.ROOT);
    var out = new StringBuilder(lower.length());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      if (Names.isLetterOrDigit(c) || (dotsAndUnderscores && (c == '.' || c == '_'))) {
        out.append(c);
      } else if (out.isEmpty() || out.charAt(out.length() - 1) != '-') {
        out.append('-');
      }
    }
    return out.toString();
  }

  private static boolean isHyphenated(String text, boolean dotsAndUnderscores) {
    boolean afterHyphen = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean kept = Names.isLetterOrDigit(c) || (dotsAndUnderscores && (c == '.' || c == '_'));
      boolean hyphen = c == '-' && !afterHyphen;
      if (!kept && !hyphen) {
        return false;
      }
      afterHyphen = hyphen;
    }
    return true;
  }

  private static String withoutHyphensAround(String slug) {
    int start = slug.startsWith("-") ? 1 : 0;
    int end = slug.length() > start && slug.endsWith("-") ? slug.length() - 1 : slug.length();
    return slug.substring(start, end);
  }
}
