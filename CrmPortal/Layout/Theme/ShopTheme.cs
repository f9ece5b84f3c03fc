using MudBlazor;

namespace CrmPortal.Layout.Theme;

/// <summary>
/// What the component library needs to know of our look. The same values stand as tokens in app.css; a test holds them together, and
/// others see to their contrast.
/// </summary>
internal static class ShopTheme
{
    public static MudTheme Theme { get; } = Of(null);

    /// <summary>The theme with the colour that a shop chose.</summary>
    public static MudTheme Of(AccentPalette? accent) => new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = accent?.Light.Accent ?? "#17654f", PrimaryContrastText = accent?.Light.OnAccent ?? "#ffffff",
            Secondary = "#1c5a8c", SecondaryContrastText = "#ffffff",
            Info = "#1c5a8c", Success = "#17654f", Warning = "#7a4d00", Error = "#b3261e",
            Background = "#f5f6f4", Surface = "#ffffff", BackgroundGray = "#f0f3f1",
            AppbarBackground = "#f5f6f4", AppbarText = "#1a2320",
            DrawerBackground = "#ffffff", DrawerText = "#1a2320", DrawerIcon = "#55615c",
            TextPrimary = "#1a2320", TextSecondary = "#55615c", TextDisabled = "#55615c", ActionDefault = "#55615c",
            LinesDefault = "#dfe3e0", LinesInputs = "#828c87", TableLines = "#dfe3e0", TableHover = "#f0f3f1", Divider = "#dfe3e0",
            Skeleton = "#dfe3e0",
        },
        PaletteDark = new PaletteDark
        {
            Primary = accent?.Dark.Accent ?? "#62cdad", PrimaryContrastText = accent?.Dark.OnAccent ?? "#06231b",
            Secondary = "#8bc4f2", SecondaryContrastText = "#06231b",
            Info = "#8bc4f2", InfoContrastText = "#06231b", Success = "#62cdad", SuccessContrastText = "#06231b",
            Warning = "#f2c063", WarningContrastText = "#06231b", Error = "#ff9d94", ErrorContrastText = "#06231b",
            Background = "#101317", Surface = "#171b20", BackgroundGray = "#232a32",
            AppbarBackground = "#101317", AppbarText = "#e8ecea",
            DrawerBackground = "#171b20", DrawerText = "#e8ecea", DrawerIcon = "#a5b0ab",
            TextPrimary = "#e8ecea", TextSecondary = "#a5b0ab", TextDisabled = "#a5b0ab", ActionDefault = "#a5b0ab",
            LinesDefault = "#2c343d", LinesInputs = "#75818d", TableLines = "#2c343d", TableHover = "#232a32", Divider = "#2c343d",
            Skeleton = "#2c343d",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", DrawerWidthLeft = "232px", AppbarHeight = "58px" },
        // One family, which app.css names; the scale is 12, 13, 14, 16, 20, 28, 36.
        Typography = new Typography
        {
            Default = Of<DefaultTypography>("0.875rem"),
            H1 = Of<H1Typography>("1.75rem", "650", "1.25", "-0.02em"),
            H2 = Of<H2Typography>("1.25rem", "620", "1.3", "-0.01em"),
            H3 = Of<H3Typography>("1rem", "620", "1.4"),
            H4 = Of<H4Typography>("2.25rem", "640", "1.2", "-0.02em"),
            H5 = Of<H5Typography>("1.75rem", "640", "1.2", "-0.02em"),
            H6 = Of<H6Typography>("1rem", "620", "1.4"),
            Subtitle1 = Of<Subtitle1Typography>("1rem"),
            Subtitle2 = Of<Subtitle2Typography>("0.875rem", "600"),
            Body1 = Of<Body1Typography>("0.875rem"),
            Body2 = Of<Body2Typography>("0.8125rem"),
            Button = Of<ButtonTypography>("0.875rem", "500"),
            Caption = Of<CaptionTypography>("0.75rem"),
            Overline = Of<OverlineTypography>("0.75rem"),
        },
    };

    private static T Of<T>(string size, string weight = "400", string lineHeight = "1.5", string spacing = "normal")
        where T : BaseTypography, new() => new()
        {
            FontFamily = ["inherit"], FontSize = size, FontWeight = weight, LineHeight = lineHeight, LetterSpacing = spacing,
            TextTransform = "none",
        };
}
