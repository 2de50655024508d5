using MudBlazor;

namespace FleetProf.Portal.Layout;

/// <summary>MudBlazor's palettes, with the colours of wwwroot/layout/app.css.</summary>
internal static class PortalTheme
{
    private static readonly string[] Fonts = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "DejaVu Sans", "sans-serif"];

    public static readonly MudTheme Palettes = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#1a5fb4", Background = "#f6f7f9", Surface = "#ffffff", TextPrimary = "#15191e", TextSecondary = "#57606b", LinesDefault = "#d8dce2",
            Error = "#b84300", Warning = "#8a5d00", Success = "#0060a0", Info = "#1a5fb4",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#7fb2ff", Background = "#0f1216", Surface = "#171b21", TextPrimary = "#e4e8ed", TextSecondary = "#9aa5b1", LinesDefault = "#2b323b",
            Error = "#ff9457", Warning = "#f0c24b", Success = "#6db9f2", Info = "#7fb2ff",
        },
        Typography = new Typography { Default = new DefaultTypography { FontFamily = Fonts, FontSize = "13px", LineHeight = "1.45" } },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "4px" },
    };
}
