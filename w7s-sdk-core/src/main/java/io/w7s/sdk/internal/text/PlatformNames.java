package io.w7s.sdk.internal.text;

import io.w7s.sdk.AppId;
import io.w7s.sdk.Environment;
import java.util.Locale;

/** Builds the names that the platform derives from the names of its apps. */
public final class PlatformNames {

  private static final int LONGEST_QUEUE = 63;
  private static final int CUT_QUEUE = 55;
  private static final int LONGEST_INSTANCE = 100;
  private static final int CUT_INSTANCE = 58;
  private static final int CUT_INSTANCE_END = 40;
  private static final int HASH_LENGTH = 7;
  private static final String WITHOUT_LETTERS = "worker";

  private PlatformNames() {}

  /**
   * Returns the physical name of a queue.
   *
   * @param environment the environment of the app that declares it
   * @param app that app
   */
  public static String queue(Environment environment, AppId app, String queue) {
    String name = "w7s-" + prefix(environment, app) + "-queue-" + part(queue);
    return name.length() <= LONGEST_QUEUE
        ? name
        : withoutHyphensAtEnd(name.substring(0, CUT_QUEUE)) + "-" + hash(name);
  }

  /**
   * Returns the full id of a workflow execution.
   *
   * @param environment the environment of the app that declares the workflow
   * @param app that app
   * @param id the id that the caller gave, any text; one without a letter or digit becomes {@code
   *     worker}
   */
  public static String instance(Environment environment, AppId app, String workflow, String id) {
    String end = part(id);
    if (end.isEmpty() || end.equals("-")) {
      end = WITHOUT_LETTERS;
    }
    if (end.length() > CUT_INSTANCE_END) {
      end = end.substring(0, CUT_INSTANCE_END);
    }
    String prefix = prefix(environment, app) + "-" + part(workflow);
    String full = prefix + "-" + end;
    if (full.length() <= LONGEST_INSTANCE) {
      return full;
    }
    String hashed = String.join(":", environment.name(), app.owner(), app.repo(), workflow, id);
    String cut = prefix.length() > CUT_INSTANCE ? prefix.substring(0, CUT_INSTANCE) : prefix;
    String shortened = withoutHyphensAtEnd(cut) + "-" + hash(hashed) + "-" + end;
    return shortened.length() > LONGEST_INSTANCE
        ? shortened.substring(0, LONGEST_INSTANCE)
        : shortened;
  }

  /** Returns the first seven digits of 32-bit FNV-1a over UTF-16 code units, in base 36. */
  static String hash(String text) {
    int hash = 0x811C9DC5;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x01000193;
    }
    String digits = Integer.toUnsignedString(hash, 36);
    return "0".repeat(Math.max(0, HASH_LENGTH - digits.length())) + digits;
  }

  private static String prefix(Environment environment, AppId app) {
    return String.join("-", part(environment.name()), part(app.owner()), part(app.repo()));
  }

  /** Returns a slug of letters, digits and hyphens; empty when nothing is left of the text. */
  private static String part(String text) {
    String lower = Names.trimmed(text).toLowerCase(Locale.ROOT);
    var out = new StringBuilder(lower.length());
    char last = '-';
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
      char kept = plain ? c : '-';
      boolean repeats = kept == '-' && last == '-';
      boolean leads = out.isEmpty() && (kept == '.' || kept == '_');
      if (!repeats && !leads) {
        out.append(kept);
        last = kept;
      }
    }
    return dashed(out.toString());
  }

  /** Replaces each run of dots and underscores with one hyphen. */
  private static String dashed(String slug) {
    var out = new StringBuilder(slug.length());
    boolean inRun = false;
    for (int i = 0; i < slug.length(); i++) {
      char c = slug.charAt(i);
      boolean dotted = c == '.' || c == '_';
      if (!dotted) {
        out.append(c);
      } else if (!inRun) {
        out.append('-');
      }
      inRun = dotted;
    }
    return out.toString();
  }

  private static String withoutHyphensAtEnd(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '-') {
      end--;
    }
    return text.substring(0, end);
  }
}
