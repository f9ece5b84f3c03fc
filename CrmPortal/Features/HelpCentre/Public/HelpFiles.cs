using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using CrmPortal.Components.Ui;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Hosting;
using CrmPortal.Layout;
using CrmPortal.Resources;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.HelpCentre;

/// <summary>What is no page of the help centre: pictures, the map for search engines, the feed of what is new.</summary>
internal static class HelpFiles
{
    private static readonly XNamespace Map = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    public static void MapHelpFiles(this WebApplication app)
    {
        var open = app.MapGroup(HelpAddresses.Root).AllowAnonymous().WithMetadata(new ShortlyCachedAttribute(300)).ExcludeFromDescription();
        open.MapGet("/sitemap.xml", SitemapAsync);
        open.MapGet("/{language}/feed.xml", FeedAsync);
        open.MapGet("/pictures/{key}", PictureAsync);
        // The token comes in a header: to look for it in the body would mean to keep the body somewhere.
        app.MapPost(CrmUrls.ArticlePictures, UploadAsync).RequireAuthorization(Permissions.ArticlesEdit).DisableAntiforgery()
            .ExcludeFromDescription();
    }

    private static async Task<IResult> PictureAsync(string key, HttpContext http, ArticlePictureService pictures) =>
        await pictures.FindAsync(key, http.RequestAborted) is { } found
            ? Tagged(http, found.Content, found.ContentType) : Results.NotFound();

    private static async Task<IResult> SitemapAsync(HttpContext http, HelpCentreService help, ServerAddress server)
    {
        var entries = await help.MapAsync(http.RequestAborted);
        return Answer(http, new XElement(Map + "urlset", new XAttribute(XNamespace.Xmlns + "xhtml", Html.NamespaceName),
            entries.Select(e => new XElement(Map + "url", new XElement(Map + "loc", Absolute(server, e.Address)),
                e.UpdatedAt is { } at ? new XElement(Map + "lastmod", at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'",
                    System.Globalization.CultureInfo.InvariantCulture)) : null,
                e.Languages.Count < 2 ? null : e.Languages.Select(l => new XElement(Html + "link", new XAttribute("rel", "alternate"),
                    new XAttribute("hreflang", l.Key), new XAttribute("href", Absolute(server, l.Value))))))), "application/xml");
    }

    private static async Task<IResult> FeedAsync(string language, HttpContext http, HelpCentreService help, ServerAddress server,
        ShopIdentity shop, IStringLocalizer<Texts> L)
    {
        if (!HelpLanguages.IsOne(language)) return Results.NotFound();
        var news = await help.NewestAsync(language, http.RequestAborted);
        var own = Absolute(server, HelpAddresses.Feed(language));
        return Answer(http, new XElement("rss", new XAttribute("version", "2.0"),
            new XAttribute(XNamespace.Xmlns + "atom", Atom.NamespaceName),
            new XElement("channel", new XElement("title", Clean(L["Help – {0}", shop.Name])),
                new XElement("link", Absolute(server, HelpAddresses.Home(language))),
                new XElement("description", Clean(L["New articles of {0}", shop.Name])), new XElement("language", language),
                new XElement(Atom + "link", new XAttribute("href", own), new XAttribute("rel", "self"),
                    new XAttribute("type", "application/rss+xml")),
                news.Select(n => new XElement("item", new XElement("title", Clean(n.Title)),
                    new XElement("link", Absolute(server, n.Address)),
                    new XElement("guid", new XAttribute("isPermaLink", "false"),
                        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"article-{n.Id}-{language}")),
                    new XElement("category", Clean(n.Category)),
                    new XElement("pubDate", n.PublishedAt.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
                    n.Summary is null ? null : new XElement("description", Clean(n.Summary)))))), "application/rss+xml");
    }

    private static async Task<IResult> UploadAsync(HttpContext http, ArticlePictureService pictures, IAntiforgery antiforgery,
        IStringLocalizer<Texts> texts)
    {
        if (http.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(http)) return Results.BadRequest();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = ArticlePicture.LargestBytes + 1;
        try
        {
            var key = await pictures.AddAsync(http.Request.Body, http.RequestAborted);
            return Results.Json(new { message = HelpAddresses.Picture(key) }, statusCode: StatusCodes.Status201Created);
        }
        catch (RuleViolationException violation)
        {
            return Results.Json(new { message = FormErrors.Sentence(violation, texts) }, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Answer(HttpContext http, XElement root, string type)
    {
        using var content = new MemoryStream();
        using (var writer = XmlWriter.Create(content, new() { Encoding = new UTF8Encoding(false) })) new XDocument(root).Save(writer);
        return Tagged(http, content.ToArray(), type + "; charset=utf-8");
    }

    /// <summary>The content, or 304 where the reader has it already.</summary>
    private static IResult Tagged(HttpContext http, byte[] content, string type)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal)
            ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(content, type);
    }

    private static string Absolute(ServerAddress server, string path) => server.Page(path.TrimStart('/')).AbsoluteUri;

    /// <summary>Without the signs that XML cannot hold.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes()
        .Where(r => r.Value > char.MaxValue || XmlConvert.IsXmlChar((char)r.Value)).Select(r => r.ToString()));
}
