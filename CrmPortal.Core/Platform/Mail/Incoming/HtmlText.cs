using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// HTML as plain text: paragraphs, lists, quotes and links as people write them where there is no markup.
/// </summary>
internal sealed partial class HtmlText
{
    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
        "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table",
        "tbody", "tfoot", "thead", "tr", "ul", "caption",
    };

    /// <summary>With an empty line before and after.</summary>
    private static readonly HashSet<string> Apart = new(StringComparer.Ordinal)
    {
        "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "ul", "ol", "dl", "table",
    };

    private static readonly HashSet<string> Unseen = new(StringComparer.Ordinal)
    {
        "script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object", "textarea", "select", "audio",
        "video",
    };

    private readonly StringBuilder _text = new();
    private readonly Dictionary<IElement, int> _numbers = [];
    private readonly int _most;
    private int _quotes;
    private int _lists;
    /// <summary>Line ends that are due before the next word; none before the first one.</summary>
    private int _breaks = int.MaxValue;

    /// <summary>How deep in quotations the text was when they became due.</summary>
    private int _breakQuotes = int.MaxValue;

    private bool _hasSpace;

    private HtmlText(int most) => _most = most;

    /// <summary>Where a program says that what it quotes begins; null where none does.</summary>
    private int? _quoteStart;

    /// <summary>The text of a tree.</summary>
    /// <param name="most">About so many characters at most; the rest is left out.</param>
    /// <returns>The text, and where in it the quotation begins, if a program has marked it.</returns>
    public static (string Text, int? QuoteStart) Of(INode? root, int most)
    {
        if (root is null) return ("", null);
        var converter = new HtmlText(most);
        converter.Walk(root, false);
        return (converter._text.ToString().TrimEnd(), converter._quoteStart);
    }

    /// <summary>The text of HTML that no tree is made of.</summary>
    public static string Stripped(string html)
    {
        var text = new StringBuilder(html.Length);
        for (var at = 0; at < html.Length;)
        {
            var tag = html.IndexOf('<', at);
            if (tag < 0) tag = html.Length;
            text.Append(html, at, tag - at);
            var end = tag < html.Length ? html.IndexOf('>', tag) : -1;
            if (tag == html.Length || end < 0) break;
            text.Append(' ');
            at = end + 1;
        }

        return System.Net.WebUtility.HtmlDecode(text.ToString());
    }

    // The tree is at most as deep as the parser was told, so that this may call itself.
    private void Walk(INode node, bool isPre)
    {
        foreach (var child in node.ChildNodes)
        {
            if (_text.Length > _most) return;
            if (child is IText text) Write(text.Data, isPre);
            else if (child is IElement element) Walk(element, isPre);
        }
    }

    private void Walk(IElement element, bool isPre)
    {
        var name = element.LocalName;
        if (Unseen.Contains(name) || MailStyle.IsHidden(element.GetAttribute("style"))) return;
        if (IsQuotation(element)) _quoteStart ??= _text.Length;
        switch (name)
        {
            case "br": Break(1, true); return;
            case "hr": Break(1); Put("---"); Break(1); return;
            case "img": Write(element.GetAttribute("alt") ?? "", false); return;
            case "a": Link(element, isPre); return;
            case "li": Item(element, isPre); return;
            case "td" or "th": Cell(element, isPre); return;
        }

        if (!Blocks.Contains(name))
        {
            Walk((INode)element, isPre);
            return;
        }

        var lines = Apart.Contains(name) && !(name is "ul" or "ol" && _lists > 0) ? 2 : 1;
        Break(lines);
        if (name == "blockquote") _quotes++;
        if (name is "ul" or "ol") _lists++;
        Walk((INode)element, isPre || name == "pre");
        if (name is "ul" or "ol") _lists--;
        if (name == "blockquote") _quotes--;
        Break(lines);
    }

    private void Item(IElement item, bool isPre)
    {
        Break(1);
        var number = "- ";
        if (item.ParentElement is { LocalName: "ol" } list)
        {
            var count = _numbers[list] = _numbers.GetValueOrDefault(list) + 1;
            number = count.ToString(CultureInfo.InvariantCulture) + ". ";
        }

        Put(new string(' ', Math.Max(0, Math.Min(_lists, 10) - 1) * 2) + number);
        _breaks = int.MaxValue;
        Walk((INode)item, isPre);
        if (_breaks == int.MaxValue) _breaks = 0;
        Break(1);
    }

    private void Cell(IElement cell, bool isPre)
    {
        if (_breaks == 0) _hasSpace = true;
        Walk((INode)cell, isPre);
    }

    private void Link(IElement link, bool isPre)
    {
        var start = _text.Length;
        Walk((INode)link, isPre);
        var shown = _text.ToString(start, _text.Length - start).Trim();
        var address = link.GetAttribute("href")?.Trim() ?? "";
        var bare = address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? address[7..] : address;
        if (shown.Length == 0 || bare.Length is 0 or > 500 || !LinkAddress().IsMatch(address)) return;
        if (Bare(shown) != Bare(bare)) Put($" <{bare}>");
    }

    private static string Bare(string address) => Scheme().Replace(address, "").TrimEnd('/').ToLowerInvariant();

    private void Write(string text, bool isPre)
    {
        if (isPre)
        {
            var lines = text.ReplaceLineEndings("\n").Split('\n');
            for (var i = 0; i < lines.Length; i++)
            {
                if (i > 0) Break(1, true);
                Put(lines[i]);
            }

            return;
        }

        foreach (var piece in Blank().EnumerateSplits(text))
        {
            var word = text.AsSpan(piece);
            if (piece.Start.Value > 0) _hasSpace = true;
            if (word.Length > 0) Put(word.ToString());
        }
    }

    private void Put(string text)
    {
        if (text.Length == 0) return;
        if (_text.Length == 0) _text.Append(Prefix(_quotes));
        else if (_breaks is > 0 and < int.MaxValue) EndLines();
        else if (_hasSpace && _breaks == 0) _text.Append(' ');
        _text.Append(text);
        (_hasSpace, _breaks, _breakQuotes) = (false, 0, int.MaxValue);
    }

    /// <summary>Empty lines at the edge of a quotation stand outside of it.</summary>
    private void EndLines()
    {
        for (var i = 0; i < _breaks; i++)
        {
            if (i > 0) _text.Append(Prefix(Math.Min(_quotes, _breakQuotes)).TrimEnd());
            _text.Append('\n');
        }

        _text.Append(Prefix(_quotes));
    }

    private static string Prefix(int quotes) => string.Concat(Enumerable.Repeat("> ", Math.Min(quotes, 20)));

    /// <summary>Ends the line; <paramref name="lines"/> line ends stand here at least, or one more for one of its own.</summary>
    private void Break(int lines, bool isOwn = false)
    {
        _hasSpace = false;
        if (_breaks == int.MaxValue) return;
        _breaks = isOwn ? Math.Min(_breaks + 1, 3) : Math.Max(_breaks, lines);
        _breakQuotes = Math.Min(_breakQuotes, _quotes);
    }

    /// <summary>The marks of Gmail, Outlook, Apple, Thunderbird, Yahoo and Proton.</summary>
    private static bool IsQuotation(IElement element) =>
        (element.GetAttribute("class") is { Length: > 0 and < 500 } classes && QuoteClass().IsMatch(classes))
        || element.Id is "divRplyFwdMsg" or "appendonsend" or "OLK_SRC_BODY_SECTION" or "isForwardContent" or "replySplit"
        || (element.LocalName == "blockquote" && element.GetAttribute("type") == "cite");

    [GeneratedRegex(@"(?:^|\s)(?:gmail_quote|gmail_quote_container|gmail_attr|moz-cite-prefix|yahoo_quoted|protonmail_quote)(?:\s|$)")]
    private static partial Regex QuoteClass();

    [GeneratedRegex(@"^(?:https?://|mailto:|tel:)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LinkAddress();

    [GeneratedRegex(@"^(?:https?://(?:www\.)?|mailto:|tel:|www\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"[ \t\r\n\f]+", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();
}
