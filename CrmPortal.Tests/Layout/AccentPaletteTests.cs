using CrmPortal.Layout.Theme;

namespace CrmPortal.Tests.Layout;

/// <summary>Whatever colour a shop chooses, everything stays readable.</summary>
public sealed class AccentPaletteTests
{
    [Fact]
    public void Tones_OfAnyColour_AreReadable_OnEveryGround()
    {
        string[] steps = ["00", "33", "66", "99", "cc", "ff"];
        var colours = steps.SelectMany(r => steps.SelectMany(g => steps.Select(b => $"#{r}{g}{b}"))).Append("#17654f").ToList();

        Assert.All(colours, colour =>
        {
            var (light, dark) = AccentPalette.Of(colour)!;
            foreach (var ground in new[] { "#ffffff", "#f5f6f4", "#f0f3f1", light.Selected }) Readable(light, ground);
            foreach (var ground in new[] { "#171b20", "#101317", "#1e242b", "#232a32", dark.Selected }) Readable(dark, ground);
        });

        static void Readable(AccentTones tones, string ground)
        {
            Assert.True(AccentPalette.Contrast(tones.Accent, ground) >= AccentPalette.Readable, $"{tones.Accent} on {ground}");
            Assert.True(AccentPalette.Contrast(tones.OnAccent, tones.Accent) >= AccentPalette.Readable, $"on {tones.Accent}");
            Assert.True(AccentPalette.Contrast(tones.OnAccent, tones.Hover) >= AccentPalette.Readable, $"on {tones.Hover}");
        }
    }

    [Fact]
    public void Colour_ThatIsReadable_StaysAsItIs()
    {
        Assert.Equal("#17654f", AccentPalette.Of("#17654f")!.Light.Accent);
        Assert.Equal("#62cdad", AccentPalette.Of("#62cdad")!.Dark.Accent);
        Assert.Null(AccentPalette.Of(null));
        Assert.Equal(21, AccentPalette.Contrast("#000000", "#ffffff"), 1);
    }
}
