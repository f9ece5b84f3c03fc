namespace CrmPortal.Benchmarks.Circuits;

/// <summary>What a browser with nothing kept, in a window of usual size, answers to the calls that pages make.</summary>
internal static class BrowserAnswers
{
    private const string Nothing = "null";

    private static readonly Dictionary<string, string> Answers = new()
    {
        ["import"] = """{"__jsObjectId":1}""",
        ["widthOf"] = "1280",
        ["crm.drafts.read"] = "{}",
        ["crm.copy"] = "true",
        ["crm.recent.of"] = "[]",
        ["mudElementRef.getBoundingClientRect"] =
            """{"left":0,"top":0,"width":100,"height":20,"windowHeight":800,"windowWidth":1280,"scrollX":0,"scrollY":0}""",
        ["mudResizeListener.getBrowserWindowSize"] = """{"height":800,"width":1280}""",
        ["mudResizeListener.matchMedia"] = "false",
        ["mudpopoverHelper.countProviders"] = "1",
    };

    /// <summary>The answer as JSON.</summary>
    public static string To(string call) => Answers.GetValueOrDefault(call, Nothing);
}
