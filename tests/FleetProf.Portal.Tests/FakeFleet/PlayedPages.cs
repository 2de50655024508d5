using Bunit;
using FleetProf.Contracts.Access;
using FleetProf.Portal.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;

namespace FleetProf.Portal.Tests.FakeFleet;

/// <summary>Pages without a browser, as an operator sees them.</summary>
internal static class PlayedPages
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The page, for ann.</summary>
    /// <param name="context">With what the page asks for.</param>
    /// <param name="services">Those that she may operate.</param>
    /// <param name="parameters">Of the page.</param>
    public static IRenderedComponent<TPage> RenderAs<TPage>(this BunitContext context, IReadOnlyList<string> services, Action<ComponentParameterCollectionBuilder<TPage>> parameters)
        where TPage : IComponent
    {
        var ann = new AccessPrincipal { Name = "ann", CredentialId = "ann", Grants = new() { Role = Role.Operator, Services = services } };
        return context.Render<TPage>(page =>
        {
            parameters(page);
            page.AddCascadingValue(Task.FromResult(new AuthenticationState(ann.ToClaims("test"))));
        });
    }

    /// <summary>Presses the button that stops, as soon as it is there.</summary>
    public static async Task PressStopAsync<TPage>(this IRenderedComponent<TPage> page)
        where TPage : IComponent
    {
        await page.WaitForElementAsync("button.fp-danger", Patience);
        await page.Find("button.fp-danger").ClickAsync(new MouseEventArgs());
    }
}
