package dev.backfill.supabase;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.backfill.supabase", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule dependsOnTheApiTheJdkJacksonAndSlf4jOnly =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "com.fasterxml.jackson.core..",
              "org.jspecify..",
              "org.slf4j..",
              "dev.backfill.api..",
              "dev.backfill.supabase..");

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching("dev.backfill.supabase.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule internalsDoNotKnowThePublicTypes =
      noClasses()
          .that()
          .resideInAPackage("..internal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.backfill.supabase");

  @ArchTest
  static final ArchRule publicSignaturesShowNoInternalsAndNoLogger =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAPackage("dev.backfill.supabase")
          .should()
          .notHaveRawReturnType(hidden())
          .andShould()
          .notHaveRawParameterTypes(
              DescribedPredicate.describe(
                  "hidden types", types -> types.stream().anyMatch(hidden())));

  @ArchTest
  static final ArchRule nothingIsSubclassedByAccident =
      classes()
          .that()
          .arePublic()
          .and()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .should()
          .haveModifier(JavaModifier.FINAL);

  private static DescribedPredicate<JavaClass> hidden() {
    return DescribedPredicate.describe(
        "hidden types",
        type ->
            type.getPackageName().contains(".internal")
                || type.getPackageName().startsWith("com.fasterxml")
                || type.getPackageName().startsWith("org.slf4j"));
  }
}
