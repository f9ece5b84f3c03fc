using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Helpers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace CrmPortal.Core.HelpCentre;

/// <summary>
/// Articles in Markdown as HTML that visitors are shown. More than <see cref="RichText"/> allows in notes: headings with ids to link to,
/// tables, and pictures of the help centre. No markup of their own, no pictures from elsewhere, no scripts in links.
/// </summary>
public static partial class ArticleMarkdown
{
    /// <summary>In front of the ids of headings, so that no text can take the id of something else on the page.</summary>
    private const string IdPrefix = "part-";

    private const int LongestId = 60;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UseSoftlineBreakAsHardlineBreak()
        .UseEmphasisExtras().UsePipeTables().UseAutoLinks().UseTaskLists().Build();

    /// <summary>The whole text; what cannot be read as Markdown is shown as it was written.</summary>
    public static string ToHtml(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        if (Parse(text) is not { } document) return $"<p>{WebUtility.HtmlEncode(text)}</p>";
        MakeSafe(document);
        NameHeadings(document);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(output);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new ScrolledTable());
        renderer.Render(document);
        return output.ToString();
    }

    /// <summary>The words alone, for the search, for extracts and for feeds.</summary>
    public static string ToPlain(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        if (Parse(text) is not { } document) return text;
        var words = new StringBuilder();
        foreach (var block in document.Descendants<LeafBlock>())
        {
            if (block.Inline is null) words.Append(block.Lines.ToString());
            else
                foreach (var inline in block.Inline.Descendants()) words.Append(Words(inline));
            words.Append('\n');
        }

        return Blanks().Replace(words.ToString(), " ").Trim();
    }

    /// <summary>The pictures that a text shows, by their keys.</summary>
    public static IReadOnlyCollection<string> Pictures(string? text) => string.IsNullOrWhiteSpace(text) ? []
        : Picture().Matches(text).Select(m => m.Groups["key"].Value).ToHashSet();

    /// <summary>Null for what is nested too deeply.</summary>
    private static MarkdownDocument? Parse(string text)
    {
        try
        {
            return Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void MakeSafe(MarkdownDocument document)
    {
        // A list first: what is replaced leaves the tree.
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            var address = link.GetDynamicUrl?.Invoke() ?? link.Url;
            if (link.IsImage && Whole().IsMatch(address ?? ""))
            {
                link.GetAttributes().AddPropertyIfNotExist("loading", "lazy");
                continue;
            }

            if (!link.IsImage && (RichText.IsSafe(address) || IsOwn(address)))
            {
                if (!IsOwn(address)) link.GetAttributes().AddPropertyIfNotExist("rel", "noopener noreferrer");
                continue;
            }

            link.ReplaceBy(new LiteralInline(string.Concat(link.Descendants().Select(Words))), copyChildren: false);
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(l => !l.IsEmail && !RichText.IsSafe(l.Url)).ToList())
            link.ReplaceBy(new LiteralInline(link.Url));
    }

    /// <summary>No heading stands beside the title of the page, and each has an id made of their words.</summary>
    private static void NameHeadings(MarkdownDocument document)
    {
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            heading.Level = Math.Max(2, heading.Level);
            var words = Slugs.Of(string.Concat((heading.Inline?.Descendants() ?? []).Select(Words)), LongestId);
            var id = IdPrefix + words;
            for (var number = 2; !given.Add(id); number++) id = string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{words}-{number}");
            heading.GetAttributes().Id = id;
        }
    }

    private static string Words(MarkdownObject inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        LineBreakInline => " ",
        _ => "",
    };

    /// <summary>Other pages of the help centre, and places on the same page.</summary>
    private static bool IsOwn(string? address) => address is not null && OwnAddress().IsMatch(address);

    // Without a step upwards, which would leave the help centre.
    [GeneratedRegex(@"^(#[^\s]*|(?!.*(\.\.|%2e))/help(/[\p{L}\p{N}\-._~%]*)*(#[^\s]*)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex OwnAddress();

    [GeneratedRegex("/help/pictures/(?<key>[0-9a-f]{32})")]
    private static partial Regex Picture();

    [GeneratedRegex("^/help/pictures/[0-9a-f]{32}$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    /// <summary>A table within something that is scrolled, also by the keyboard, where it is wider than the screen.</summary>
    private sealed class ScrolledTable : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.EnsureLine();
            renderer.WriteLine("<div class=\"article-table\" tabindex=\"0\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
