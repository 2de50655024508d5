using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FleetProf.Portal.Tests.Access;

/// <summary>A small identity provider: discovery, keys, authorization code with PKCE, signed tokens. Tests say what it does wrong.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "fleetprof";

    private readonly RSA _key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce)> _codes = new();
    private readonly WebApplication _app;

    private IdentityProvider(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public string[] Groups { get; set; } = [];

    public string Name { get; set; } = "ann";

    public string? Nonce { get; set; }

    public string? Audience { get; set; }

    public RSA? OtherKey { get; set; }

    public TimeSpan Age { get; set; }

    /// <summary>What logins that are told to it first are answered; null: they are good.</summary>
    public string? RefusesWith { get; set; }

    /// <summary>Whoever redeems a code is sent to another address, with method and body.</summary>
    public bool HasMoved { get; set; }

    /// <summary>Codes whose verifier did not fit their challenge.</summary>
    public int WrongVerifiers { get; private set; }

    public int Redeemed { get; private set; }

    /// <summary>As it was at the start: it does nothing wrong, knows nobody's groups and has redeemed no code.</summary>
    public void Forget()
    {
        Groups = [];
        (Name, Age) = ("ann", TimeSpan.Zero);
        (Nonce, Audience, OtherKey, HasMoved) = (null, null, null, false);
        (WrongVerifiers, Redeemed) = (0, 0);
    }

    /// <param name="isPushed">Whether what a login is for is told to the provider itself, before anybody is sent there.</param>
    /// <param name="isWhole">False: its description says nothing.</param>
    public static async Task<IdentityProvider> StartAsync(bool isPushed = false, bool isWhole = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new IdentityProvider(app);
        app.MapGet("/.well-known/openid-configuration", () =>
        {
            var description = new Dictionary<string, object>
            {
                ["issuer"] = provider.Url, ["authorization_endpoint"] = $"{provider.Url}/authorize", ["token_endpoint"] = $"{provider.Url}/token", ["jwks_uri"] = $"{provider.Url}/keys",
            };
            if (isPushed)
            {
                description["pushed_authorization_request_endpoint"] = $"{provider.Url}/par";
            }

            return Results.Json(isWhole ? description : []);
        });
        app.MapPost("/par", () => provider.RefusesWith is { } error
            ? Results.Json(new Dictionary<string, object> { ["error"] = error }, statusCode: StatusCodes.Status401Unauthorized)
            : Results.Json(new Dictionary<string, object> { ["request_uri"] = "urn:x", ["expires_in"] = 60 }, statusCode: StatusCodes.Status201Created));
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", async (HttpRequest request) => provider.HasMoved ? Results.Redirect($"{provider.Url}/moved", preserveMethod: true) : await provider.TokenAsync(request));
        app.MapPost("/moved", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private IResult Keys()
    {
        var key = _key.ExportParameters(false);
        return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "k1", n = Base64Url.EncodeToString(key.Modulus), e = Base64Url.EncodeToString(key.Exponent) } } });
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["response_type"] != "code" || query["code_challenge_method"] != "S256" || query["client_id"] != ClientId)
        {
            return Results.BadRequest();
        }

        var code = Guid.NewGuid().ToString("N");
        _codes[code] = (query["code_challenge"]!, query["nonce"]!);
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={HttpUtility.UrlEncode(query["state"])}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!_codes.TryRemove(form["code"]!, out var asked) || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!))) != asked.Challenge)
        {
            WrongVerifiers++;
            return Results.BadRequest();
        }

        Redeemed++;
        return Results.Json(new Dictionary<string, object> { ["access_token"] = "none", ["token_type"] = "Bearer", ["id_token"] = Sign(Nonce ?? asked.Nonce) });
    }

    private string Sign(string nonce)
    {
        var now = DateTimeOffset.UtcNow - Age;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Url, ["aud"] = Audience ?? ClientId, ["sub"] = "1", ["preferred_username"] = Name, ["nonce"] = nonce,
            ["iat"] = now.ToUnixTimeSeconds(), ["nbf"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        if (Groups.Length > 0)
        {
            claims["groups"] = Groups;
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{Part(new { alg = "RS256", typ = "JWT", kid = "k1" })}.{Part(claims)}");
        return $"{text}.{Base64Url.EncodeToString((OtherKey ?? _key).SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
