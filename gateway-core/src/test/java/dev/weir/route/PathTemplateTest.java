package dev.weir.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.http.Request;
import dev.weir.testing.Requests;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths and addresses that are made of what a route's path matched. */
class PathTemplateTest {

  private static String expand(String template, String pattern, String path) {
    PathPattern parsed = PathPattern.parse(pattern);
    Request request = Requests.get(path);
    return PathTemplate.parse(template, parsed)
        .expand(request.withPathParameters(parsed.parameters(request.target().path())));
  }

  @ParameterizedTest
  @CsvSource({
    "/v2, /v1, /v1, /v2",
    "/v2/{id}, /v1/{id}, /v1/7, /v2/7",
    "/{b}/{a}/{b}, /{a}/{b}, /1/2, /2/1/2",
    "/x-{id}.json, /v1/{id}, /v1/7, /x-7.json",
    "/{id}, /v1/{id}, /v1/a%20b$1, /a%20b$1",
    "/{id}, /v1/{id}, /v1/a%7Bid%7D, /a%7Bid%7D",
    "https://b.example/{id}?from=a, /v1/{id}, /v1/7, https://b.example/7?from=a",
    "/store/{rest}, /files/{*rest}, /files/a/b/, /store/a/b/",
    "/store/{rest}, /files/{*rest}, /files/, /store/",
  })
  void putsParametersInTheirPlace(String template, String pattern, String path, String expected) {
    assertThat(expand(template, pattern, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/*, /api/*, /api/a/b, /v2/a/b",
    "/v2/*, /api/*, /api/, /v2/",
    "/v2/*, /api/*, /api, /v2",
    "/*, /api/*, /api/a, /a",
    "/*, /api/*, /api/, /",
    "/*, /api/*, /api, /",
    "/v2/*, /*, /, /v2/",
    "/v2/*, /*, /a, /v2/a",
    "/v2*, /api/*, /api/a, /v2/a",
    "/{t}/x/*, /{t}/*, /1/2/3, /1/x/2/3",
    "https://b.example/*, /api/*, /api/a, https://b.example/a",
    "https://b.example/*, /api/*, /api, https://b.example",
  })
  void putsWhatFollowsThePrefixAtTheEnd(
      String template, String pattern, String path, String expected) {
    assertThat(expand(template, pattern, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/{id} | /v1/{name} | parameters of the path",
        "/{id} | /v1 | parameters of the path",
        "/{} | /v1/{id} | parameters of the path",
        "/v2/* | /v1 | only where the path",
        "/v2/* | /v1/{*rest} | only where the path",
        "/v2/{*rest} | /v1/{*rest} | around a parameter's name",
        "/v2/{id | /v1/{id} | around a parameter's name",
        "/v2/id} | /v1/{id} | around a parameter's name",
        "/v2/{or-der} | /v1/{id} | around a parameter's name",
        "/v2/{{id}} | /v1/{id} | around a parameter's name",
      })
  void refusesWhatThePatternDoesNotHave(String template, String pattern, String expected) {
    PathPattern parsed = PathPattern.parse(pattern);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> PathTemplate.parse(template, parsed))
        .withMessageContaining(expected);
  }
}
