using CrmPortal.Core.Tickets;
using CrmPortal.Features.Tickets;

namespace CrmPortal.Tests.Tickets;

/// <summary>The list of tickets in its address: whoever loads it again, goes back or gets the link sees the same.</summary>
public sealed class TicketListStateTests
{
    public static MatrixTheoryData<TicketView, TicketSort, bool> States =>
        new(Enum.GetValues<TicketView>(), Enum.GetValues<TicketSort>(), [false, true]);

    [Theory, MemberData(nameof(States))]
    public void State_IsReadAsItWasWritten(TicketView view, TicketSort sort, bool isDescending)
    {
        var read = TicketListState.Parse(new TicketListState { View = view, Sort = sort, Descending = isDescending, Page = 2 }.ToQuery());

        Assert.Equal((view, sort, isDescending, 2), (read.View, read.Sort, read.Descending, read.Page));
    }
}
