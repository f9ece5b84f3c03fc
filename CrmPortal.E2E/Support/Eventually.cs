namespace CrmPortal.E2E.Support;

/// <summary>Waits for what happens in another process, of which nothing tells: it is asked again until the answer is there.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="ask">Null where there is no answer yet.</param>
    /// <param name="patience">After so long the last state fails the test.</param>
    public static async Task<T> AnswerAsync<T>(Func<Task<T?>> ask, TimeSpan patience, Func<string> state)
        where T : class
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        enough.CancelAfter(patience);
        using var timer = new PeriodicTimer(Pause);
        while (true)
        {
            if (await ask() is { } answer) return answer;
            try
            {
                await timer.WaitForNextTickAsync(enough.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(state());
            }
        }
    }
}
