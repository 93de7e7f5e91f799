package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Slugs;

/**
 * Where an app is deployed: {@link #PRODUCTION} or the environment of a branch. A call stays in its
 * caller's environment. The name is kept as the platform keeps it: in lower case, with each run of
 * characters other than {@code a-z 0-9} as one hyphen, none at the ends, cut to 63 characters.
 * Immutable. The rules are recorded from the platform.
 *
 * @param name the name, 1 to 63 characters
 */
public record Environment(String name) {

  /** The environment of the branches {@code main} and {@code master}. */
  public static final Environment PRODUCTION = new Environment("production");

  /**
   * Normalises the name.
   *
   * @throws InvalidInputException when it holds no letter or digit
   */
  public Environment {
    name = Slugs.environment("environment", requireNonNull(name, "name"));
  }

  /**
   * Returns the environment of that name.
   *
   * @throws InvalidInputException when the name holds no letter or digit
   */
  public static Environment of(String name) {
    return new Environment(name);
  }

  /**
   * Returns the environment that a branch is deployed to: {@link #PRODUCTION} for {@code main},
   * {@code master} and a name with no letter or digit in it, else one named after the branch, for
   * example {@code feature-login} for {@code feature/login}.
   */
  public static Environment ofBranch(String branch) {
    return new Environment(Slugs.branchEnvironment(requireNonNull(branch, "branch")));
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
