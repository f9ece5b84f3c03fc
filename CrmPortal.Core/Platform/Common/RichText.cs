using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CrmPortal.Core.Platform.Common;

/// <summary>
/// Texts that people write with Markdown, as HTML that holds nothing else: no markup of their own, no pictures, no scripts in links.
/// </summary>
public static class RichText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UseSoftlineBreakAsHardlineBreak()
        .UseEmphasisExtras().UseAutoLinks().UseTaskLists().Build();

    public static string ToHtml(string text)
    {
        var document = Markdown.Parse(text, Pipeline);
        // A list first: what is replaced leaves the tree.
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            // A picture would tell another server who reads the note.
            link.IsImage = false;
            if (IsSafe(link.GetDynamicUrl?.Invoke() ?? link.Url))
                link.GetAttributes().AddPropertyIfNotExist("rel", "noopener noreferrer nofollow");
            else link.ReplaceBy(new LiteralInline(string.Concat(link.Descendants<LiteralInline>().Select(l => l.Content.ToString()))),
                copyChildren: false);
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(l => !l.IsEmail && !IsSafe(l.Url)).ToList())
            link.ReplaceBy(new LiteralInline(link.Url));
        using var output = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(output);
        Pipeline.Setup(renderer);
        // A note has no headings of its own among those of the page.
        foreach (var heading in document.Descendants<HeadingBlock>()) heading.Level = Math.Min(6, heading.Level + 3);
        renderer.Render(document);
        return output.ToString();
    }

    private static bool IsSafe(string? url) =>
        !string.IsNullOrWhiteSpace(url) && Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme is "http" or "https" or "mailto" or "tel");
}
