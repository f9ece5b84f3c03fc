using Bunit;
using CrmPortal.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace CrmPortal.Tests.Components;

public sealed class CrmComponentTests : BunitContext
{
    [Fact]
    public void ParametersThatChange_WhileAReadIsUnderWay_NeverShowTheRecordOfBefore()
    {
        var page = Render<Probe>(p => p.Add(x => x.Id, 1));
        page.Render(p => p.Add(x => x.Id, 2));
        Assert.True(page.Instance.Tokens[1].IsCancellationRequested);

        page.Instance.Answers[2].SetResult("two");
        page.WaitForAssertion(() => Assert.Equal("2: two", page.Markup));
        // The older read is not to be stopped any more and comes last.
        page.Instance.Answers[1].SetResult("one");

        page.WaitForAssertion(() => Assert.Equal(2, page.Instance.Ends));
        Assert.Equal("2: two", page.Markup);
    }

    [Fact]
    public void OlderRead_ThatAnswersFirst_WaitsForTheNewer()
    {
        var page = Render<Probe>(p => p.Add(x => x.Id, 1));
        page.Render(p => p.Add(x => x.Id, 2));

        page.Instance.Answers[1].SetResult("one");
        Assert.Equal("2: ", page.Markup);
        page.Instance.Answers[2].SetResult("two");

        page.WaitForAssertion(() => Assert.Equal("2: two", page.Markup));
    }

    [Fact]
    public void OlderRead_ThatFails_IsNoMatter()
    {
        var page = Render<Probe>(p => p.Add(x => x.Id, 1));
        page.Render(p => p.Add(x => x.Id, 2));
        page.Instance.Answers[1].SetException(new InvalidOperationException("old"));
        page.Instance.Answers[2].SetResult("two");
        page.WaitForAssertion(() => Assert.Equal("2: two", page.Markup));
    }

    [Fact]
    public async Task End_StopsReads_AndLetsGoOfWhatIsHeld_AlsoOfWhatComesLater()
    {
        var page = Render<Probe>(p => p.Add(x => x.Id, 1));
        var (probe, before, after) = (page.Instance, new Held(), new Held());
        await page.InvokeAsync(() => probe.Keep(before));

        await DisposeComponentsAsync();
        probe.Keep(after);

        Assert.True(probe.Tokens[1].IsCancellationRequested);
        Assert.Equal((1, 1), (before.Ends, after.Ends));
        probe.Answers[1].SetResult("one");
        Assert.Equal(0, probe.Ends);
    }

    [Fact]
    public async Task News_ThatComesAfterTheEnd_DoesNothing()
    {
        var page = Render<Probe>(p => p.Add(x => x.Id, 1));
        var probe = page.Instance;
        var heard = 0;
        await page.InvokeAsync(() => probe.Hear(() => heard++));
        await DisposeComponentsAsync();

        probe.Hear(() => heard++);

        Assert.Equal(1, heard);
    }

    private sealed class Held : IDisposable
    {
        public int Ends { get; private set; }

        public void Dispose() => Ends++;
    }

    private sealed class Probe : CrmComponent
    {
        private string? _text;

        [Parameter] public int Id { get; set; }

        public Dictionary<int, TaskCompletionSource<string>> Answers { get; } = [];

        public Dictionary<int, CancellationToken> Tokens { get; } = [];

        public int Ends { get; private set; }

        public void Keep(IDisposable held) => Hold(held);

        public void Hear(Action work) => React(() =>
        {
            work();
            return Task.CompletedTask;
        });

        protected override async Task OnParametersSetAsync()
        {
            if (Answers.ContainsKey(Id)) return;
            _text = null;
            _text = await LatestAsync(ReadAsync);
            Ends++;
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, $"{Id}: {_text}");

        private Task<string> ReadAsync(CancellationToken cancellationToken)
        {
            (Answers[Id], Tokens[Id]) = (new(), cancellationToken);
            return Answers[Id].Task;
        }
    }
}
