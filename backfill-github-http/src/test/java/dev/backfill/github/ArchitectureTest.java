package dev.backfill.github;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.backfill.github", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule meetsTheRestThroughTheApiAlone =
      noClasses()
          .should()
          .dependOnClassesThat(
              describe(
                  "are of another module of backfill",
                  type ->
                      type.getPackageName().startsWith("dev.backfill.")
                          && !type.getPackageName().startsWith("dev.backfill.api")
                          && !type.getPackageName().startsWith("dev.backfill.github")));

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.backfill.github.internal.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theInsideDoesNotKnowTheOutside =
      noClasses()
          .that()
          .resideInAPackage("dev.backfill.github.internal..")
          .should()
          .dependOnClassesThat(resideInAPackage("dev.backfill.github"));

  @ArchTest
  static final ArchRule publicSignaturesMentionNoLibraryAndNoInside =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat(
              describe(
                  "are public",
                  type ->
                      type.getPackageName().equals("dev.backfill.github")
                          && type.getModifiers().contains(JavaModifier.PUBLIC)))
          .should(
              ArchCondition.from(
                  describe(
                      "mention only the JDK, the SPI and each other",
                      method ->
                          method.getAllInvolvedRawTypes().stream()
                              .noneMatch(
                                  resideInAnyPackage(
                                      "com.fasterxml..", "org.slf4j..", "..internal..")))));

  @ArchTest
  static final ArchRule timeComesFromTheTimeSource =
      noClasses()
          .should()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class);

  @ArchTest
  static final ArchRule nothingIsSubclassedByAccident =
      classes()
          .that()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and()
          .areTopLevelClasses()
          .should()
          .haveModifier(JavaModifier.FINAL);
}
