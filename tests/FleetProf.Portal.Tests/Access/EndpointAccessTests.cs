using System.Net;
using FleetProf.Portal.Tests.FakeFleet;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FleetProf.Portal.Tests.Access;

/// <summary>The access matrix, made from the routes themselves: a new route is closed or it is listed here.</summary>
public sealed class EndpointAccessTests(PortalFixture fixture)
{
    private static readonly string[] AnonymousRoutes = ["/login", "/setup", "/health", "/health/live", "/health/ready"];

    [Fact]
    public void Routes_OpenToStrangers_AreListed()
    {
        var open = Endpoints().Where(IsOpen).Where(endpoint => !IsStaticFile(endpoint)).Select(PathOf).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(AnonymousRoutes.Order(StringComparer.Ordinal), open);
    }

    [Fact]
    public async Task Route_WithoutCredentials_RefusesOrAsksToLogIn()
    {
        using var stranger = fixture.Portal.Anonymous();
        var closed = Endpoints().Where(endpoint => !IsOpen(endpoint)).ToArray();
        Assert.True(closed.Length > 20);
        foreach (var endpoint in closed)
        {
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "GET";
            using var request = new HttpRequestMessage(new HttpMethod(method), Fill(endpoint));
            using var response = await stranger.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.True(IsRefusal(response), $"{method} {PathOf(endpoint)} answers a stranger {(int)response.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic dGVzdGVyOng=")]
    [InlineData("fpp_test-token")]
    public async Task Api_WrongAuthorization_IsUnauthorised(string authorization)
    {
        using var client = fixture.Portal.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        using var response = await client.GetAsync("/api/v1/services", TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
        Assert.Contains("Bearer", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAddress_WithoutCredentials_DoesNotTellWhetherItExists()
    {
        using var stranger = fixture.Portal.Anonymous();

        using var response = await stranger.GetAsync("/api/v1/no-such-thing", TestContext.Current.CancellationToken);

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        fixture.Portal.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    private static bool IsOpen(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsStaticFile(RouteEndpoint endpoint) =>
        endpoint.Metadata.Any(item => item.GetType().Namespace is "Microsoft.AspNetCore.StaticAssets") || PathOf(endpoint).Contains(":file", StringComparison.Ordinal);

    private static bool IsRefusal(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized
        || (response.StatusCode == HttpStatusCode.Redirect && response.Headers.Location!.AbsolutePath == "/login");

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static string Fill(RouteEndpoint endpoint) =>
        "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            _ => "x",
        }))));
}
