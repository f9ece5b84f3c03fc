using System.Globalization;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Live;

public sealed class LiveUpdatesTests
{
    [Fact]
    public async Task Listener_HearsInTheCultureInWhichItListens()
    {
        await using var data = await TestServices.CreateAsync(DatabaseKind.Sqlite);
        var heard = new TaskCompletionSource<(string, string)>();
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("es-ES"),
            CultureInfo.GetCultureInfo("es"));
        using var listening = data.Get<LiveUpdates>()
            .Listen(_ => heard.TrySetResult((CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name)));
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;

        await data.AddCustomerAsync();
        await data.DispatchAsync();

        Assert.Equal(("es-ES", "es"), await heard.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(before, (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture));
    }
}
