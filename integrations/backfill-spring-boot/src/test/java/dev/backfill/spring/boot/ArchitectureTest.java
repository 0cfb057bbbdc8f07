package dev.backfill.spring.boot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.backfill.spring", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** No web and no Jackson: a host may lack them, or have another version. */
  @ArchTest
  static final ArchRule dependsOnTheLibraryAndOnSpringOnly =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.micrometer.core.instrument..",
              "io.micrometer.observation..",
              "javax.sql..",
              "org.jspecify..",
              "org.slf4j..",
              "org.springframework.beans..",
              "org.springframework.boot..",
              "org.springframework.context..",
              "org.springframework.core..",
              "org.springframework.jdbc.datasource..",
              "org.springframework.lang..",
              "org.springframework.util..",
              "dev.backfill.api..",
              "dev.backfill.core..",
              "dev.backfill.github..",
              "dev.backfill.jdbc..",
              "dev.backfill.micrometer..",
              "dev.backfill.supabase..",
              "dev.backfill.spring.boot..");

  @ArchTest
  static final ArchRule noInternalsOfOtherModules =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("dev.backfill..internal..");

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
}
