using System.Diagnostics;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;

namespace CrmPortal.Core.Platform.Mail.Incoming;

/// <summary>
/// The tree of some HTML, unless building it costs more than any letter does. HTML repairs itself: four kilobytes of tags that are never
/// closed make a quarter of a million elements, and every open one is asked at each further tag.
/// </summary>
internal static class HtmlTree
{
    /// <summary>Newsletters have some thousand elements.</summary>
    private const int MostElements = 25_000;

    private const int DeepestElement = 100;
    private const int MostOpen = 1_000;
    private const long MostAllocated = 400L * 1024 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Elements that stand alone, or that the next one of their kind closes: unclosed ones do not pile up.</summary>
    private static readonly HashSet<string> Closing = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "image", "input", "keygen", "link", "meta",
        "param", "source", "track", "wbr", "p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "option",
        "optgroup", "html", "head", "body",
    };

    /// <summary>The tree, or null where the HTML is refused.</summary>
    public static IHtmlDocument? Of(string html)
    {
        var guard = new Guard();
        try
        {
            var options = new HtmlParserOptions { MaximumDepth = DeepestElement, OnToken = (token, _) => guard.Ask(token) };
            var document = new HtmlParser(options).ParseDocument(html);
            return document.All.Length <= MostElements ? document : null;
        }
        catch (TooCostlyException)
        {
            return null;
        }
    }

    private sealed class Guard
    {
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly long _allocated = GC.GetAllocatedBytesForCurrentThread();
        private readonly Dictionary<string, int> _open = new(StringComparer.OrdinalIgnoreCase);
        private int _opened;
        private int _started;

        public void Ask(HtmlToken token)
        {
            if (token.Type == HtmlTokenType.StartTag)
            {
                if (++_started > MostElements) throw new TooCostlyException();
                if (!Closing.Contains(token.Name))
                {
                    _open[token.Name] = _open.GetValueOrDefault(token.Name) + 1;
                    _opened++;
                }
            }
            else if (token.Type == HtmlTokenType.EndTag && _open.GetValueOrDefault(token.Name) is var open and > 0)
            {
                _open[token.Name] = open - 1;
                _opened--;
            }

            // The first two are the same on every machine; the clock is for what nobody thought of.
            if (_opened > MostOpen || GC.GetAllocatedBytesForCurrentThread() - _allocated > MostAllocated
                || Stopwatch.GetElapsedTime(_start) > Longest) throw new TooCostlyException();
        }
    }

    private sealed class TooCostlyException : Exception;
}
