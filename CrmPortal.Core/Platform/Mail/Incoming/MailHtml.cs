using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>The HTML of a mail, of which nothing is left but what letters are made of.</summary>
public static class MailHtml
{
    private const string PictureAttribute = "data-cid";
    private const string RemoteAttribute = "data-remote-src";
    private const int LongestAddress = 4_000;

    /// <summary>A picture that is part of the HTML itself may be so long.</summary>
    private const int LongestData = 700_000;

    private static readonly string[] Tags =
    [
        "a", "abbr", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn",
        "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p", "pre", "q",
        "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
        "ul", "var", "wbr",
    ];

    /// <summary>No <c>id</c>, <c>name</c> and <c>class</c>: they would mean something in the page that shows the mail.</summary>
    private static readonly string[] Attributes =
    [
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "height", "href", "hspace",
        "lang", "nowrap", "rowspan", "size", "start", "title", "valign", "vspace", "width",
    ];

    /// <summary>What goes with all that is in it; of other elements that are not allowed the content stays.</summary>
    private const string Dropped = "script, style, head, title, svg, math, iframe, frame, frameset, object, embed, applet, template, "
        + "noscript, noembed, noframes, textarea, select, option, input, xmp, plaintext, audio, video, canvas, map, "
        + "link, meta, base, marquee, portal";

    /// <summary>Puts pictures into sanitized HTML.</summary>
    /// <param name="addressOf">The address under which the page has the attachment of a content id; null where there is none.</param>
    /// <param name="showRemote">Whether pictures of other servers are loaded, which tells these servers who reads the mail.</param>
    public static string WithPictures(string html, Func<string, string?> addressOf, bool showRemote)
    {
        if (HtmlTree.Of(html)?.Body is not { } body) return "";
        foreach (var picture in body.QuerySelectorAll("img"))
        {
            if (picture.GetAttribute(PictureAttribute) is { } id && addressOf(id) is { } address) picture.SetAttribute("src", address);
            if (!showRemote || picture.GetAttribute(RemoteAttribute) is not { } remote) continue;
            picture.SetAttribute("src", remote);
            picture.SetAttribute("referrerpolicy", "no-referrer");
        }

        return body.InnerHtml;
    }

    /// <summary>Takes out of a tree whatever is not safe, and gives what is left.</summary>
    internal static SafeHtml Sanitize(IHtmlDocument document)
    {
        if (document.Body is not { } body) return new("", false, new HashSet<string>());
        foreach (var one in body.QuerySelectorAll(Dropped).ToList()) one.Remove();
        // Styles and pictures are judged here and set again afterwards, so that nothing but the allow list has to read them.
        var elements = body.QuerySelectorAll("*").ToList();
        var styles = new List<(IElement Element, string Style)>();
        var pictures = new List<(IElement Element, string Name, string Value)>();
        foreach (var element in elements)
        {
            if (element.GetAttribute("style") is { } style)
            {
                element.RemoveAttribute("style");
                if (MailStyle.Safe(style) is { Length: > 0 } safe) styles.Add((element, safe));
            }

            if (element.LocalName == "img" && Picture(element.GetAttribute("src")) is { } picture)
                pictures.Add((element, picture.Name, picture.Value));
            element.RemoveAttribute("src");
        }

        Sanitizer().SanitizeDom(document, body);
        foreach (var (element, style) in styles) element.SetAttribute("style", style);
        foreach (var (element, name, value) in pictures) element.SetAttribute(name, value);
        foreach (var link in body.QuerySelectorAll("[href]").ToList()) SetLink(link);
        var shown = pictures.Where(p => body.Contains(p.Element)).ToList();
        return new(body.InnerHtml.Trim(), shown.Any(p => p.Name == RemoteAttribute),
            shown.Where(p => p.Name == PictureAttribute).Select(p => p.Value).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    private static HtmlSanitizer Sanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Tags, StringComparer.OrdinalIgnoreCase),
            AllowedAttributes = new HashSet<string>(Attributes, StringComparer.OrdinalIgnoreCase),
            AllowedSchemes = new HashSet<string>(["http", "https", "mailto", "tel"], StringComparer.OrdinalIgnoreCase),
            UriAttributes = new HashSet<string>(["href"], StringComparer.OrdinalIgnoreCase),
        })
        {
            KeepChildNodes = true,
            AllowDataAttributes = false,
        };
        return sanitizer;
    }

    /// <summary>A link without a server would lead into our own pages.</summary>
    private static void SetLink(IElement link)
    {
        if (link.LocalName != "a" || link.GetAttribute("href") is not { Length: <= LongestAddress } href
            || !Uri.TryCreate(href.Trim(), UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https" or "mailto" or "tel"))
        {
            link.RemoveAttribute("href");
            return;
        }

        link.SetAttribute("rel", "noopener noreferrer nofollow");
        link.SetAttribute("target", "_blank");
    }

    private static (string Name, string Value)? Picture(string? source)
    {
        var address = source?.Trim() ?? "";
        if (address.StartsWith("cid:", StringComparison.OrdinalIgnoreCase) && address.Length is > 4 and < 300)
            return (PictureAttribute, MailHeaders.Clean(Uri.UnescapeDataString(address[4..])).Trim('<', '>'));
        if (address.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return IsPicture(address) ? ("src", address) : null;
        if (address.StartsWith("//", StringComparison.Ordinal)) address = "https:" + address;
        return address.Length <= LongestAddress && Uri.TryCreate(address, UriKind.Absolute, out var remote)
            && remote.Scheme is "http" or "https" ? (RemoteAttribute, remote.AbsoluteUri) : null;
    }

    /// <summary>Pictures of points only: a drawing (SVG) can hold a script.</summary>
    private static bool IsPicture(string data)
    {
        var comma = data.IndexOf(',', StringComparison.Ordinal);
        return comma > 0 && data.Length <= LongestData
            && data[..comma].ToLowerInvariant() is "data:image/png;base64" or "data:image/gif;base64" or "data:image/jpeg;base64"
                or "data:image/jpg;base64" or "data:image/webp;base64"
            && !data.AsSpan(comma + 1).ContainsAnyExcept(Base64);
    }

    private static readonly System.Buffers.SearchValues<char> Base64 = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \r\n\t");
}

/// <summary>Sanitized HTML, and what it shows.</summary>
/// <param name="ContentIds">The pictures of the mail that it shows.</param>
internal sealed record SafeHtml(string Html, bool HasRemotePictures, IReadOnlySet<string> ContentIds);
