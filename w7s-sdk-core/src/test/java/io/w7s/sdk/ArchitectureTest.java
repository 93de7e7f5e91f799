package io.w7s.sdk;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.w7s.sdk.json.JacksonCodec;
import io.w7s.sdk.json.JsonCodec;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the layering of core. A failure names the two classes; the place to change a rule on
 * purpose is here.
 */
class ArchitectureTest {

  private static final String ROOT = "io.w7s.sdk";
  private static final String INTERNAL = ROOT + ".internal";

  /**
   * What each package of core may use of core besides the root package, from the ground up. The
   * root package is the facade and the value types; see rootPackageKnowsNoHandlers.
   */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          entry("internal.error", Set.of()),
          entry("error", Set.of("internal.error")),
          entry("retry", Set.of("error")),
          entry("internal.text", Set.of("error")),
          entry("internal.json", Set.of("error", "internal.text")),
          entry("json", Set.of("error", "internal.json")),
          entry("internal.codec", Set.of("error", "internal.json", "json")),
          entry("schedule", Set.of("error", "internal.text")),
          entry("manifest", Set.of("error", "internal.json", "internal.text", "schedule")),
          entry("queue", Set.of("error", "internal.text")),
          entry("workflow", Set.of("error", "internal.text")),
          entry("event", Set.of("error", "internal.error", "internal.text", "queue")),
          entry("rpc", Set.of("error", "internal.codec", "internal.json", "internal.text", "json")),
          entry("blob", Set.of("error", "spi")),
          // Operations and outcomes carry the results of the clients, never a client; see
          // spiKnowsNoClient.
          entry("spi", Set.of("error", "event", "internal.text", "queue", "rpc", "workflow")),
          entry(
              "internal.wire",
              Set.of(
                  "blob",
                  "error",
                  "event",
                  "internal.json",
                  "internal.text",
                  "queue",
                  "spi",
                  "workflow")),
          entry(
              "consumption",
              Set.of("error", "internal.text", "internal.wire", "queue", "retry", "spi")),
          entry(
              "step",
              Set.of(
                  "blob",
                  "consumption",
                  "error",
                  "event",
                  "internal.text",
                  "json",
                  "queue",
                  "retry",
                  "rpc",
                  "spi",
                  "workflow")),
          entry(
              "internal.step",
              Set.of(
                  "blob",
                  "consumption",
                  "error",
                  "event",
                  "internal.codec",
                  "internal.json",
                  "internal.text",
                  "internal.wire",
                  "json",
                  "queue",
                  "retry",
                  "rpc",
                  "spi",
                  "step",
                  "workflow")),
          entry("internal.config", Set.of("error", "internal.json", "internal.text", "spi")),
          entry(
              "internal.call",
              Set.of(
                  "blob",
                  "error",
                  "event",
                  "internal.codec",
                  "internal.error",
                  "internal.json",
                  "internal.text",
                  "internal.wire",
                  "json",
                  "queue",
                  "retry",
                  "rpc",
                  "spi",
                  "workflow")),
          entry(
              "app",
              Set.of(
                  "blob",
                  "consumption",
                  "error",
                  "event",
                  "internal.codec",
                  "internal.json",
                  "internal.step",
                  "internal.text",
                  "internal.wire",
                  "json",
                  "manifest",
                  "queue",
                  "retry",
                  "rpc",
                  "schedule",
                  "spi",
                  "step",
                  "workflow")),
          entry("signature", Set.of("app", "error", "internal.text", "internal.wire", "spi")));

  private static final Path MAIN_CLASSES = mainClasses();
  private static final JavaClasses CORE = new ClassFileImporter().importPath(MAIN_CLASSES);

  private static final DescribedPredicate<JavaClass> JACKSON_3 =
      resideInAnyPackage("tools.jackson..").as("Jackson 3 classes");

  // Not Jackson 2's annotations: Jackson 3 brings them, so they are always there.
  private static final DescribedPredicate<JavaClass> OPTIONAL_LIBRARIES =
      resideInAnyPackage(
              "com.fasterxml.jackson.core..",
              "com.fasterxml.jackson.databind..",
              "com.fasterxml.jackson.datatype..",
              "jakarta.json..")
          .as("classes of an optional dependency");

  private static final DescribedPredicate<JavaAccess<?>> REAL_TIME_OR_CHANCE =
      describe("real time or chance", ArchitectureTest::isRealTimeOrChance);

  @ParameterizedTest
  @MethodSource("packagesBelowRoot")
  void usesOnlyThePackagesBelowIt(String name) {
    Set<String> allowed = MAY_USE.getOrDefault(name, Set.of());
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + name)
        .should()
        .dependOnClassesThat(
            are(
                describe(
                    "in a package that it may not use",
                    type -> {
                      String other = belowRoot(type);
                      return other != null && !other.equals(name) && !allowed.contains(other);
                    })))
        .check(CORE);
  }

  @Test
  void hasNoCycleBetweenPackagesBelowTheRoot() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                String name = belowRoot(type);
                return name == null ? SliceIdentifier.ignore() : SliceIdentifier.of(name);
              }

              @Override
              public String getDescription() {
                return "packages below the root";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CORE);
  }

  @Test
  void everyPackageHasItsPlaceInTheLayering() {
    assertThat(packagesBelowRoot())
        .containsExactlyInAnyOrderElementsOf(new TreeSet<>(MAY_USE.keySet()));
  }

  @Test
  void rootPackageKnowsNoHandlers() {
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".app..")
        .check(CORE);
  }

  @Test
  void errorsKnowTheValueTypesOfTheRootPackageOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".error..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(ROOT)
                .and(describe("the facade", type -> type.getSimpleName().startsWith("W7s"))))
        .check(CORE);
  }

  // Loose on purpose: the operations themselves decide which results of rpc, queue, event and
  // workflow they carry.
  @Test
  void spiKnowsNoClient() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".spi..")
        .should()
        .dependOnClassesThat()
        .haveSimpleNameEndingWith("Client")
        .check(CORE);
  }

  @Test
  void jackson3StaysInItsPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".json..", ROOT + ".manifest..", INTERNAL + "..")
        .should()
        .dependOnClassesThat(are(JACKSON_3))
        .check(CORE);
  }

  @Test
  void optionalLibrariesStayInTheirCodecs() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".json..")
        .should()
        .dependOnClassesThat(are(OPTIONAL_LIBRARIES))
        .check(CORE);
  }

  // A codec's method "of" takes the mapper of its library, as its caller has the library anyway. So
  // the next major version of Jackson breaks nobody but the callers of JacksonCodec.of.
  @Test
  void jackson3IsInNoPublicSignatureButThatOfItsCodec() {
    members()
        .that()
        .areDeclaredInClassesThat(are(describe("exported", ArchitectureTest::isExported)))
        .and(describe("are public or protected", ArchitectureTest::isPublicOrProtected))
        .and(
            describe(
                "are not JacksonCodec.of",
                member ->
                    !(member.getOwner().isEquivalentTo(JacksonCodec.class)
                        && member.getName().equals("of"))))
        .should(notMention(JACKSON_3))
        .check(CORE);
  }

  // So that no codec has to know of empty bodies and Void.
  @Test
  void onlyBodiesCallsACodec() {
    noClasses()
        .that()
        .resideOutsideOfPackages(INTERNAL + ".codec..", ROOT + ".json..")
        .and()
        .areNotAssignableTo(JsonCodec.class) // one codec around another
        .should()
        .callMethodWhere(
            describe(
                "a codec writes or reads",
                call ->
                    call.getTargetOwner().isAssignableTo(JsonCodec.class)
                        && Set.of("encode", "decode").contains(call.getTarget().getName())))
        .check(CORE);
  }

  @Test
  void timeAndChanceComeFromTheTimeSource() {
    noClasses()
        .that(
            describe(
                "are not SystemTimeSource",
                type -> !type.getName().matches(".*\\.SystemTimeSource(\\$.*)?")))
        .should()
        .accessTargetWhere(REAL_TIME_OR_CHANCE)
        .check(CORE);
  }

  @Test
  void everyPackageIsNullMarked() {
    assertThat(allPackages())
        .allSatisfy(
            p ->
                assertThat(p.tryGetPackageInfo())
                    .as("package-info of %s", p.getName())
                    .hasValueSatisfying(
                        info -> assertThat(info.isAnnotatedWith(NullMarked.class)).isTrue()));
  }

  @Test
  void moduleExportsAllButInternalPackages() {
    Map<String, Set<String>> exports = new TreeMap<>();
    for (ModuleDescriptor.Exports export : descriptor().exports()) {
      exports.put(export.source(), export.targets());
    }
    Set<String> toEveryone =
        exports.keySet().stream().filter(p -> exports.get(p).isEmpty()).collect(Collectors.toSet());
    assertThat(toEveryone)
        .containsExactlyInAnyOrderElementsOf(
            allPackages().map(JavaPackage::getName).filter(p -> !isInternal(p)).toList());
    assertThat(exports)
        .as("internal packages go to sister modules at most, by name")
        .allSatisfy(
            (p, targets) ->
                assertThat(targets).allSatisfy(t -> assertThat(t).startsWith(ROOT + ".")));
  }

  private static Stream<JavaPackage> allPackages() {
    JavaPackage root = CORE.getPackage(ROOT);
    return Stream.concat(Stream.of(root), root.getSubpackagesInTree().stream())
        .filter(p -> !p.getClasses().isEmpty());
  }

  /** Returns the packages of core below the root package, without its name. */
  static Stream<String> packagesBelowRoot() {
    return allPackages()
        .map(JavaPackage::getName)
        .filter(p -> !p.equals(ROOT))
        .map(p -> p.substring(ROOT.length() + 1))
        .sorted();
  }

  /** Returns the package of a class of core without the root's name; null for any other class. */
  private static @Nullable String belowRoot(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT + ".") ? name.substring(ROOT.length() + 1) : null;
  }

  private static boolean isInternal(String packageName) {
    return packageName.equals(INTERNAL) || packageName.startsWith(INTERNAL + ".");
  }

  private static boolean isExported(JavaClass type) {
    boolean visible =
        type.getModifiers().contains(JavaModifier.PUBLIC)
            && type.getEnclosingClass().map(ArchitectureTest::isExported).orElse(true);
    return visible && !isInternal(type.getPackageName());
  }

  private static boolean isPublicOrProtected(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static ArchCondition<JavaMember> notMention(DescribedPredicate<JavaClass> types) {
    return new ArchCondition<>("not mention " + types.getDescription()) {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        member.getAllInvolvedRawTypes().stream()
            .filter(types)
            .map(type -> member.getDescription() + " mentions " + type.getName())
            .forEach(message -> events.add(SimpleConditionEvent.violated(member, message)));
      }
    };
  }

  private static boolean isRealTimeOrChance(JavaAccess<?> access) {
    String name = access.getTarget().getName();
    return switch (access.getTargetOwner().getName()) {
      case "java.lang.Thread", "java.util.concurrent.TimeUnit" -> name.equals("sleep");
      case "java.lang.System" -> name.equals("currentTimeMillis") || name.equals("nanoTime");
      case "java.lang.Math" -> name.equals("random");
      case "java.time.Clock" -> name.startsWith("system") || name.startsWith("tick");
      case "java.util.concurrent.CompletableFuture" ->
          Set.of("orTimeout", "completeOnTimeout", "delayedExecutor").contains(name);
      case "java.util.Random", "java.util.SplittableRandom", "java.security.SecureRandom" ->
          name.equals("<init>");
      case "java.util.UUID" -> name.equals("randomUUID");
      case "java.util.concurrent.ThreadLocalRandom" -> true;
      default -> name.equals("now") && access.getTargetOwner().getPackageName().equals("java.time");
    };
  }

  private static ModuleDescriptor descriptor() {
    return ModuleFinder.of(MAIN_CLASSES)
        .find(ROOT)
        .orElseThrow(() -> new AssertionError("no module " + ROOT + " in " + MAIN_CLASSES))
        .descriptor();
  }

  private static Path mainClasses() {
    try {
      return Path.of(AppId.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
