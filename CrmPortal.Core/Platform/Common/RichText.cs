using System.Text;
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
        .UseEmphasisExtras().UseAutoLinks().UseTaskLists().UsePipeTables().Build();

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

    /// <summary>The first line that has letters, as plain text without the signs of Markdown; empty where there is none.</summary>
    /// <param name="most">Where it is longer, it is cut at so many characters and ends with three dots.</param>
    public static string FirstLine(string text, int most)
    {
        foreach (var block in Markdown.Parse(text, Pipeline).Descendants<LeafBlock>())
        {
            var line = (block.Inline is null ? CodeLine(block) : InlineLine(block.Inline)).Trim();
            if (line.Length > most) return string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[most - 1]) ? most - 1 : most), "…");
            if (line.Length > 0) return line;
        }

        return "";
    }

    private static string CodeLine(LeafBlock block) => block.Lines.Lines?.Take(block.Lines.Count).Select(l => l.ToString())
        .FirstOrDefault(l => !string.IsNullOrWhiteSpace(l)) ?? "";

    private static string InlineLine(ContainerInline inlines)
    {
        var line = new StringBuilder();
        foreach (var inline in inlines.Descendants())
        {
            if (inline is LineBreakInline && line.ToString().Trim().Length > 0) break;
            line.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                AutolinkInline link => link.Url,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                _ => "",
            });
        }

        return line.ToString();
    }

    /// <summary>Whether a link leads to another site, a mail or a phone, and nowhere else.</summary>
    internal static bool IsSafe(string? url) =>
        !string.IsNullOrWhiteSpace(url) && Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme is "http" or "https" or "mailto" or "tel");
}
