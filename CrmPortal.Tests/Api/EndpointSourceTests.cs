using System.Text.RegularExpressions;
using CrmPortal.Api.Contracts;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Api;

/// <summary>Habits of the sources of the API that no compiler watches.</summary>
public sealed partial class EndpointSourceTests
{
    private const int MostLambdas = 5;

    /// <summary>What tells the API from the screens.</summary>
    private const string RootCheck = "public static bool IsApi(this HttpRequest request) => request.Path.StartsWithSegments(Root);";

    private static readonly string[] Comparisons =
    [
        RootCheck, """if (context.Request.Path.Value == "/api/v1")""", """description.RelativePath?.StartsWith("api/v1/")""",
        """request.Path is "/api/v1" or""",
    ];

    [Fact]
    public void WhatDiffersBetweenContracts_IsAskedOfThem_AndNotOfTheAddress()
    {
        var lines = Sources().SelectMany(f => File.ReadLines(f).Select(text => (File: Path.GetFileName(f), Text: text.Trim()))).ToList();

        Assert.Contains(lines, l => l.Text == RootCheck);
        Assert.All(Comparisons, text => Assert.Matches(ComparedAddress(), text));
        Assert.DoesNotContain(lines, l => ComparedAddress().IsMatch(l.Text) && l.Text != RootCheck);
        // Nobody else knows where a contract stands.
        Assert.Equal(["ApiContract.cs"], lines.Where(l => VersionedAddress().IsMatch(l.Text)).Select(l => l.File).Distinct());
        Assert.Matches(VersionedAddress(), $"\"{ApiContract.RetailV1.Prefix}\"");
    }

    [Fact]
    public void Routes_ReadAsATableOfContents()
    {
        Assert.Matches(Block(), Assert.Single(Lambdas("""g.MapGet("/{id}", async (long id) => { return await A(id); }).WithName("A");""")));
        Assert.Empty(Lambdas("""g.MapGet("/{id}", GetAsync).WithMetadata(() => { });"""));
        foreach (var file in Sources())
        {
            var lambdas = Lambdas(File.ReadAllText(file));
            Assert.True(lambdas.Count <= MostLambdas, file);
            Assert.DoesNotContain(lambdas, handler => Block().IsMatch(handler));
        }
    }

    /// <summary>The handlers that stand between the routes.</summary>
    private static List<string> Lambdas(string source) =>
        [.. Route().Matches(source).Select(m => m.Groups["handler"].Value).Where(h => h.Contains("=>", StringComparison.Ordinal))];

    /// <summary>The API itself, and the endpoints of the features.</summary>
    private static IEnumerable<string> Sources() => Repository.Files("CrmPortal/Api", "*.cs")
        .Concat(Repository.Files("CrmPortal", "*Endpoints.cs")).Concat(Repository.Files("CrmPortal/Features", "*Wire.cs")).Distinct();

    [GeneratedRegex("""
        \b([Rr]equest\.Path|RelativePath)\b.*(StartsWith|EndsWith|Contains\("|Equals|(==|!=|\bis)\s*(?!\s|true|false|null))
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex ComparedAddress();

    [GeneratedRegex("""/v\d+\b""")]
    private static partial Regex VersionedAddress();

    /// <summary>A route with what follows its pattern, up to the first bracket that closes it.</summary>
    [GeneratedRegex("""\.Map(Get|Post|Put|Patch|Delete)\((?<handler>(?>[^()]+|\((?<open>)|\)(?<-open>))*(?(open)(?!)))\)""")]
    private static partial Regex Route();

    [GeneratedRegex(@"=>\s*\{")]
    private static partial Regex Block();
}
