using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace CrmPortal.E2E.Support;

/// <summary>What axe says about a page as it stands.</summary>
internal static class Axe
{
    /// <summary>Puts axe into the page, until another one is loaded.</summary>
    public static Task LoadAsync(IPage page) => page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());

    /// <summary>Looks at the page, and at an open dialog, wide and narrow: no fault of WCAG A and AA, nothing wider than the window.</summary>
    /// <param name="what">Names what is looked at where it is not clean.</param>
    /// <param name="afterEach">Called at each width.</param>
    public static async Task AssertCleanAsync(IPage page, string what, Func<int, Task>? afterEach = null)
    {
        foreach (var width in new[] { BrowserTest.Wide, BrowserTest.Narrow })
        {
            await page.SetViewportSizeAsync(width, width == BrowserTest.Narrow ? 844 : 800);
            // What lies under the bar at the top is not too small; it is scrolled away.
            await page.EvaluateAsync("() => window.scrollTo(0, 0)");
            var faults = await FaultsAsync(page);
            Assert.True(faults.Count == 0, $"{what}, {width} wide:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
            Assert.True(
                await page.EvaluateAsync<bool>("() => [document.documentElement, ...document.querySelectorAll('dialog[open]')].every(e => e.scrollWidth <= e.clientWidth)"), $"{what} is wider than the window of {width}.");
            if (afterEach is not null) await afterEach(width);
        }
    }

    private static async Task<List<string>> FaultsAsync(IPage page)
    {
        var result = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run(document, { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }, resultTypes: ['violations'] }))
              .violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message})`))
            """);
        return [.. result.EnumerateArray().Select(f => f.GetString()!)];
    }
}
