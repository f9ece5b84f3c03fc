using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Support;

/// <summary>What axe says about a page as it stands.</summary>
internal static class Axe
{
    /// <summary>The level that we keep, and three rules that axe leaves out by default or counts as good practice.</summary>
    private const string AllRules =
        "runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }, " +
        "rules: { 'target-size': { enabled: true }, region: { enabled: true }, 'landmark-unique': { enabled: true } }";

    private const string ColourRules = "runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }";

    /// <summary>The narrowest that WCAG wants: a window of 1280 at 400 %.</summary>
    private const int Narrowest = 320;

    /// <summary>Puts axe into the page, where it stays until another one is loaded.</summary>
    public static async Task LoadAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window")) await page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
    }

    /// <summary>
    /// Looks at the page, or at the dialog that is open over it, in both themes, wide and narrow: no fault of WCAG A and AA, nothing
    /// wider than the window. In the dark there are the same elements in other colours, so only those are looked at again.
    /// </summary>
    /// <param name="what">Names what is looked at where it is not clean.</param>
    /// <param name="afterEach">Called at each theme and width.</param>
    public static async Task AssertCleanAsync(IPage page, string what, Func<Theme, int, Task> afterEach)
    {
        await LookAsync(page, what, Theme.Light, BrowserTest.Wide, AllRules, afterEach);
        await LookAsync(page, what, Theme.Light, BrowserTest.Narrow, AllRules, afterEach);
        await page.EvaluateAsync("() => document.documentElement.dataset.theme = 'dark'");
        await LookAsync(page, what, Theme.Dark, BrowserTest.Narrow, ColourRules, afterEach);
        await LookAsync(page, what, Theme.Dark, BrowserTest.Wide, ColourRules, afterEach);
        await page.EvaluateAsync("() => document.documentElement.dataset.theme = 'light'");
    }

    private static async Task LookAsync(IPage page, string what, Theme theme, int width, string rules, Func<Theme, int, Task> afterEach)
    {
        await page.SetViewportSizeAsync(width, width == BrowserTest.Narrow ? 844 : 800);
        // What lies under the bar at the top is not too small; it is scrolled away.
        await page.EvaluateAsync("() => window.scrollTo(0, 0)");
        var result = await page.EvaluateAsync<JsonElement>(
            $$"""
            async () => (await axe.run([...document.querySelectorAll('.mud-dialog')].at(-1) ?? document,
                { {{rules}}, resultTypes: ['violations'], preload: false }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message})`))
            """);
        List<string> faults = [.. result.EnumerateArray().Select(f => f.GetString()!)];
        Assert.True(faults.Count == 0, $"{what}, {theme}, {width} wide:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
        await AssertFitsAsync(page, what, width);
        await afterEach(theme, width);
        if (theme != Theme.Light || width != BrowserTest.Narrow) return;
        await page.SetViewportSizeAsync(Narrowest, 640);
        await AssertFitsAsync(page, what, Narrowest);
    }

    /// <summary>Nothing is wider than the window, so that nobody has to scroll sideways.</summary>
    private static async Task AssertFitsAsync(IPage page, string what, int width)
    {
        var wide = await page.EvaluateAsync<string?>(
            """
            () => {
              const scrolls = [document.documentElement, ...document.querySelectorAll('.mud-dialog')].find(e =>
                  e.scrollWidth > e.clientWidth);
              if (!scrolls) return null;
              const wide = [...scrolls.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > scrolls.clientWidth + 1);
              return `${scrolls.scrollWidth} by ${wide.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' / ')}`;
            }
            """);
        Assert.True(wide is null, $"{what} is wider than the window of {width}: {wide}.");
    }
}
