package io.w7s.sdk;

import static java.util.Objects.requireNonNull;

import io.w7s.sdk.error.InvalidInputException;
import io.w7s.sdk.internal.text.Names;
import io.w7s.sdk.internal.text.Slugs;

/**
 * The identity of an app: the GitHub owner and repository it is deployed from. Both are kept as the
 * platform keeps them: in lower case, with each run of characters other than {@code a-z 0-9 . _ -}
 * as one hyphen, starting with a letter or digit. So {@code Acme/Worker} and {@code acme/worker}
 * are equal. Immutable. The rules are recorded from the platform.
 *
 * @param owner the owner, 1 to 100 characters
 * @param repo the repository without its owner, 1 to 100 characters
 */
public record AppId(String owner, String repo) {

  /**
   * Normalises both parts.
   *
   * @throws InvalidInputException when a normalised part is empty, or longer than 100 characters
   */
  public AppId {
    owner = Slugs.slug("app owner", requireNonNull(owner, "owner"));
    repo = Slugs.slug("app repo", requireNonNull(repo, "repo"));
  }

  /**
   * Reads an app id such as {@code acme/worker}.
   *
   * @param ownerAndRepo owner and repository with exactly one slash between them
   * @throws InvalidInputException when there is not exactly one slash, or a part is not valid
   */
  public static AppId parse(String ownerAndRepo) {
    int slash = requireNonNull(ownerAndRepo, "ownerAndRepo").indexOf('/');
    if (slash < 0 || ownerAndRepo.indexOf('/', slash + 1) >= 0) {
      throw new InvalidInputException(
          "app", Names.quoted(ownerAndRepo), "owner/repo, with exactly one slash");
    }
    return new AppId(ownerAndRepo.substring(0, slash), ownerAndRepo.substring(slash + 1));
  }

  /** Returns {@code owner/repo}, which {@link #parse} reads back. */
  @Override
  public String toString() {
    return owner + "/" + repo;
  }
}
