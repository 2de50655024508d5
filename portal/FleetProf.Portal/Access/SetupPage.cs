using System.Text.Encodings.Web;

namespace FleetProf.Portal.Access;

/// <summary>The page behind a set-up link: name and password of the local admin.</summary>
internal sealed class SetupPage(string code, string? problem, int statusCode) : IResult
{
    public const string Path = "/setup";

    public const string Refused = "This set-up link was used before, has expired, or was not copied whole. Get a fresh one with `fleetprof login --setup`.";

    private const int ShortestPassword = 12;

    /// <summary>Null when they will do.</summary>
    public static string? ProblemOf(string name, string password) =>
        string.IsNullOrWhiteSpace(name) || name.Length > 64 || name.Any(char.IsControl) ? "Give a name of at most 64 characters."
        : password.Length is < ShortestPassword or > 256 ? $"Give a password of {ShortestPassword} to 256 characters."
        : null;

    public Task ExecuteAsync(HttpContext httpContext) => PlainPage.WriteAsync(httpContext, statusCode, "Set up", Content(HtmlEncoder.Default.Encode(code), HtmlEncoder.Default.Encode(problem ?? "")));

    private static string Content(string code, string problem) => $$"""
            <h1>Make the local admin</h1>
            <p role="alert">{{problem}}</p>
            <form method="post" action="/setup">
              <input type="hidden" name="code" value="{{code}}">
              <label>Name <input name="name" autocomplete="username" required maxlength="64"></label>
              <label>Password, at least 12 characters <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="256"></label>
              <button>Make the account and log in</button>
            </form>
        """;
}
