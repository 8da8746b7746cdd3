using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class LabelSpaceTests
{
    [Fact]
    public void Labels_keep_their_order_and_are_found_by_it()
    {
        var space = new LabelSpace("yes", "no", "maybe");

        Assert.Equal(["yes", "no", "maybe"], space.Labels);
        Assert.Equal(2, space.IndexOf("maybe"));
        Assert.Equal("yes, no, maybe", space.ToString());
    }

    [Theory]
    [InlineData("Yes")]
    [InlineData("yes ")]
    [InlineData("")]
    public void A_label_that_differs_by_one_character_is_not_found(string label) =>
        Assert.Equal(-1, new LabelSpace("yes", "no").IndexOf(label));

    [Fact]
    public void Spaces_are_equal_when_labels_and_order_are()
    {
        var space = new LabelSpace("yes", "no");
        var same = new LabelSpace((List<string>)["yes", "no"]);

        Assert.True(space.Equals(same));
        Assert.True(space.Equals((object)same));
        Assert.Equal(space.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void Spaces_of_other_labels_or_another_order_differ()
    {
        var space = new LabelSpace("yes", "no");

        Assert.False(space.Equals(new LabelSpace("no", "yes")));
        Assert.False(space.Equals(new LabelSpace("Yes", "no")));
        Assert.False(space.Equals(new LabelSpace("yes", "no", "maybe")));
        Assert.False(space.Equals(null));
        Assert.False(space.Equals((object)"yes, no"));
    }

    [Fact]
    public void Later_changes_to_the_list_of_labels_do_not_matter()
    {
        List<string> labels = ["yes", "no"];
        var space = new LabelSpace(labels);

        labels[0] = "maybe";

        Assert.Equal(["yes", "no"], space.Labels);
    }

    [Fact]
    public void Labels_that_are_too_few_empty_or_given_twice_are_refused()
    {
        Assert.Throws<ArgumentException>("labels", () => new LabelSpace());
        Assert.Throws<ArgumentException>("labels", () => new LabelSpace("yes"));
        Assert.Throws<ArgumentException>("labels", () => new LabelSpace("yes", " "));
        Assert.Throws<ArgumentException>("labels", () => new LabelSpace("yes", "no", "yes"));
        Assert.Throws<ArgumentNullException>("labels", () => new LabelSpace((IEnumerable<string>)null!));
        Assert.ThrowsAny<ArgumentException>(() => new LabelSpace("yes", null!));
    }

    [Fact]
    public void Labels_that_differ_in_case_are_two() => Assert.Equal(2, new LabelSpace("US", "us").Labels.Length);
}
